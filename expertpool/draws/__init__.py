"""Lotteries that anybody can check afterwards: RFC 3797, with strata, caps, recusals and alternates.

Words: the *pool* is the published, numbered list; a *source* is something that happens later and that nobody
can steer (a lottery, a closing index, dice); the *key* mixes all sources; a *stratum* is a group of seats
that only some of the pool may take; a *cap* is how many of one employer (or any other group) may be picked;
an *announcement* is all that is fixed before the sources happen, its *commitment* the hash to be published;
a *record* is a finished draw with every step; a *run* is one draw of a chain of records.

    sources.canonical   rfc3797.select   entropy.needed        the method
    drawing.draw                                               strata, caps, recusals, alternates
    announcing.commit   parties.seal   record.reveal           before and after the sources
    record.verify       chain.verify                           anybody, at any time
"""
