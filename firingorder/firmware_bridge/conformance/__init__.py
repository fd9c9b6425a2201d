"""Whether a device is what the specification of frame v1 says, clause by clause.

Pure: :class:`firingorder.firmware_bridge.conformance.check.DeviceCheck` takes stamped reads and
says what to write and how long to listen. It looks at the bytes itself and not through the decoder
of a session, which is tolerant on purpose.
"""
