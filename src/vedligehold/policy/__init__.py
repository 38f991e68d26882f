"""A pack as policy: its cases, whether it answers them as they say, and whether they would notice a wrong rule.

    the cases         cases -> suite -> run -> plugin (pytest)
    why one fails     said -> causes -> failure
    what they saw     look, variants -> condition_goals -> goals -> coverage
    a wrong rule      wrong_conditions, wrong_deadlines, heard -> mutants -> mutation
    what lacks        observed, search -> starts -> suggest -> writing
    all of it         report -> certificate -> certify, certificate_words, certificate_page
"""
