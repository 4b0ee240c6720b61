"""The machines of the rehearsal cloud: each EC2 instance is a container with systemd, whose disk is its root volume.

`recipe.toml` says what their image is made of; `docs/hosts.md` how it all works.
"""
