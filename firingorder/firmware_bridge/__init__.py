"""Bytes from a device become samples on the device's clock; commands become bytes."""
