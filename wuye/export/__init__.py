"""The office's book and records as other programs read them: hledger, beancount, DuckDB. Text out, piece by piece."""
