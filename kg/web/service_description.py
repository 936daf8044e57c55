"""What the SPARQL endpoint says of itself, in the words of SPARQL 1.1 Service Description (W3C, 2013)."""

from __future__ import annotations

from typing import Final

import pyoxigraph

from kg.query_process import TRIPLES
from kg.sparql import Namespaces

_PREFIXES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "formats": "http://www.w3.org/ns/formats/",
}
_EVIDENCE: Final = "evidence"
_DESCRIPTION: Final = """
<> a sd:Service ;
  sd:endpoint <> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV,
    formats:SPARQL_Results_TSV, formats:Turtle, formats:N-Triples, formats:RDF_XML ;
  sd:defaultDataset _:dataset .
_:dataset a sd:Dataset ;
  sd:defaultGraph _:default ;
  sd:namedGraph _:evidence .
_:default a sd:Graph .
_:evidence a sd:NamedGraph ;
  sd:name <EVIDENCE> ;
  sd:graph _:triples .
_:triples a sd:Graph .
"""


def service_description(endpoint: str, namespaces: Namespaces, form: str) -> bytes:
    """The description of an endpoint at an address, in a form of triples (one of ``kg.query_forms.TRIPLE_FORMS``)."""
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in _PREFIXES.items())
    text = head + _DESCRIPTION.replace("<EVIDENCE>", f"<{namespaces.base}{_EVIDENCE}>")
    quads = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=endpoint)
    triples = [quad.triple for quad in quads]
    return pyoxigraph.serialize(triples, format=TRIPLES[form], prefixes=_PREFIXES) or b""
