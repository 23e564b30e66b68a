"""Who sits on a panel, and when: exact choices under the field's rules, explained.

Words: a *candidate* is a person of the pool seen for one panel; a *slot* is a time the panel could meet; a
*part* is one reason of a score (skill, experience, rotation, balance); a *rule* is what every panel must
hold; an *easing* says by how much a rule would have to give way; an *alternate* may take over a seat.
Nothing here knows the web or a database: give `matching.panel.propose` a `PanelProblem`.
"""
