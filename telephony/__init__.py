"""Carries calls: SIP and WebRTC transports, admission, transfer, and the session of one call."""
