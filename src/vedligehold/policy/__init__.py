"""A pack as policy: its cases, whether it answers them as they say, and whether they would notice a wrong rule.

- the cases: `cases`, `suite`, `run`, and `plugin` for pytest
- why one fails: `said`, `causes`, `failure`
- what they have seen: `look`, `variants`, `condition_goals`, `goals`, `coverage`
- wrong rules: `wrong_conditions`, `wrong_deadlines`, `heard`, `mutants`, `mutation`
- the cases that lack: `observed`, `search`, `starts`, `suggest`, `writing`
- all of it: `report`; `certificate`, `certify`, `certificate_words`, `certificate_page`
"""
