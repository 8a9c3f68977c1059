"""Reads a MasterObjectList with Python's expat, by way of ElementTree: see parser.ts for what it is asked and answers."""

import sys
import time
import xml.etree.ElementTree as ElementTree


def values_of(element):
    """Attributes and child elements by name, as programs keep them."""
    values = dict(element.attrib)
    for child in element:
        values.setdefault(child.tag, []).append(values_of(child))
    return values


with open(sys.argv[1], "rb") as file:
    document = file.read()
kept = None
for line in sys.stdin:
    kept = None
    began = time.perf_counter()
    kept = values_of(ElementTree.fromstring(document))
    elapsed = time.perf_counter() - began
    objects = sum(len(chunk["Object"]) for chunk in kept["Objects"])
    print(objects, elapsed * 1000, flush=True)
