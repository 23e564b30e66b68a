"""One identity for each person, whatever they are to us: talent, candidate, expert, trainee.

Words: *grade* is talent 人才, candidate 候选, expert 专家 or senior 资深; *status* says whether the person
may be invited; a *merge* joins two records of one person and can be undone.
"""
