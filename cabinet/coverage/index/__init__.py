"""The columnar index: the coverage question answered from arrays in memory, exactly as the SQL answers it.

One index holds one community in one school year, in each server process by itself. The way through the room:

    indexes    which indexes there are: cold, loading, ready; how much memory they may take
    load       a new index, streamed from the base tables on one snapshot (facts, statements, copied)
    fresh      what was committed since, by the change log; the touched children are read anew
    keys       which number what a row names by key has here, for thousands of rows at once (numbering)
    columns    what is held: children, one value each, and spans, what holds from a day to a day (catalog: of what)
    day        what one date makes of it: whom each service reaches, who needs it, as bits
    population a population as a mask over the children of a day
    count      the mask against the bits, group by group (layout: children in the order of their groups)
"""
