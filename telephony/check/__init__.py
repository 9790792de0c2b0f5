"""`allomairie trunk check`: test calls against a trunk, and a table for its supplier.

Link (signalling) ─► Agent (transactions, calls that come back) ─► Dialog (one call)
Media (RTP, RTCP, SRTP) ─► what was heard, lost, late           ─► Trial ─► Report
"""
