"""Defects that mutants of several resources have in common: functions of the bench and of operations."""
