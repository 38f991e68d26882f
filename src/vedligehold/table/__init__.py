"""A table of cases: its columns, one row as a case, and every row decided at once in columns."""
