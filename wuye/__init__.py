"""wuye 物业: the front desk of a property-management office, kept in plain files."""

__version__ = "0.1.0"
