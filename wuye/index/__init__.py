"""The disposable index over the files, and how they are read into it; the only modules that say sqlite3."""
