"""What the office owes a person whose data it holds: a copy, a correction, an erasure; and keeping no longer (K)."""
