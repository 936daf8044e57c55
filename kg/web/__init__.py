"""The explorer that ``kg serve`` shows: pages made on the server from a :mod:`kg.catalogue`, with little JavaScript.

``app`` puts it together; each module with a ``router`` holds the pages or the endpoints of one matter.
"""
