"""Exporters, one module a format, found through the entry points kg.exporters."""
