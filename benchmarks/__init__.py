"""Measurements against the budgets of the design, one a file; `README.md` says how to run them."""
