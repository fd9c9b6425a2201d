"""Links carry bytes: serial, TCP and their in-process kin. They know no frames."""
