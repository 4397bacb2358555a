"""The rig of the measuring and fault scripts: a small MQTT client, child processes, sites, journals of what was heard.

Python 3.9 or newer, standard library only. Loopback only; every process started here is ended here, by its own id.
"""
