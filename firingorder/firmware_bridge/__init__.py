"""Bytes from a device become samples on the device's clock; commands become bytes.

From the wire to the session, each module pure unless it is in ``links``:

* ``cobs``, ``frame``, ``hello``, ``payloads``, ``commands``: the codec, for both sides.
* ``sequence``, ``decoder``: bytes to frames; anything else is counted.
* ``epochs``, ``timeline``, ``clock``, ``convert``, ``assembler``, ``tally``, ``items``: frames to
  samples on the session's grid, and news.
* ``receiver``: all of these for one link.
* ``actions``, ``requests``, ``identification``, ``refusals``, ``host``: what the host says, when,
  and why it gives up.
* ``links``: serial ports and sockets; reads are stamped there and decoded elsewhere.
"""
