"""Widgets draw plain data and know no model."""
