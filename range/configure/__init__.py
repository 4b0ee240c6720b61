"""Configures hosts with Ansible: inventory, certificates, runs. The only user of ansible_runner."""
