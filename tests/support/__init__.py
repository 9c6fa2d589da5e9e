"""What the end-to-end and crash tests share: the daemon as a process, HTTP over any socket, and the NoPass side."""
