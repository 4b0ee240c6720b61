"""Policies compared as sets: is there any request at all that passes?"""
