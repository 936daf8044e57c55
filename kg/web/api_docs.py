"""The OpenAPI document of the JSON API as a page shows it: operations, parameters, answers, examples."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

Schema = Mapping[str, Any]

_REF: Final = "#/components/schemas/"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its type in words, what it is without, and what it means."""

    name: str
    type: str
    default: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a model: its type in words, the model that it holds, if any, and what it means."""

    name: str
    type: str
    model: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; ``sample`` is the query of an example, ``body`` the JSON that an example posts."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    answer: str
    model: str
    sample: str
    body: str

    def curl(self, host: str) -> str:
        """The example as a command; ``host`` is what addresses begin with."""
        address = shlex.quote(f"{host}{self.path}{f'?{self.sample}' if self.sample else ''}")
        if not self.body:
            return f"curl {address}"
        return f"curl {address} -H 'content-type: {_JSON}' -d {shlex.quote(self.body)}"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model: what it is, and its properties."""

    name: str
    description: str
    properties: list[Property]


def documented(document: Schema, samples: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows of an OpenAPI document; ``samples`` are values for parameters, by name."""
    operations: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            entry = _operation(path, method, operation, document, samples)
            operations.setdefault(operation["tags"][0], []).append(entry)
    return {"operations": operations, "models": list(_models(document)), "version": document["info"]["version"]}


def _operation(path: str, method: str, operation: Schema, document: Schema, samples: Mapping[str, str]) -> Operation:
    parameters = operation.get("parameters", [])
    answer = operation["responses"]["200"]["content"][_JSON]["schema"]
    chosen = {
        one["name"]: samples.get(one["name"]) or _example(one)
        for one in parameters
        if one.get("required") or one["name"] == "kind"
    }
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=[_parameter(one) for one in parameters],
        answer=_type(answer),
        model=_model(answer),
        sample=urlencode({name: value for name, value in chosen.items() if value}, safe="/", errors="replace"),
        body=_body(operation, document),
    )


def _parameter(parameter: Schema) -> Parameter:
    schema = parameter["schema"]
    default = schema.get("default")
    return Parameter(
        name=parameter["name"],
        type=_type(schema).removesuffix(" or null"),
        default="" if default is None else str(default),
        is_required=parameter.get("required", False),
        description=parameter.get("description") or schema.get("description", ""),
    )


def _example(parameter: Schema) -> str:
    given = parameter["schema"].get("examples") or parameter["schema"].get("enum") or ()
    return str(next(iter(given), ""))


def _body(operation: Schema, document: Schema) -> str:
    """An example of what is posted, made of the examples of its properties."""
    if "requestBody" not in operation:
        return ""
    name = _model(operation["requestBody"]["content"][_JSON]["schema"])
    properties = document["components"]["schemas"][name]["properties"]
    return json.dumps({key: one["examples"][0] for key, one in properties.items() if one.get("examples")})


def _models(document: Schema) -> Iterator[ModelEntry]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        properties = [
            Property(key, _type(one), _model(one), one.get("description", ""))
            for key, one in schema.get("properties", {}).items()
        ]
        yield ModelEntry(name, schema.get("description", ""), properties)


def _type(schema: Schema) -> str:
    """A schema in words: "string", "list of Board", "PaperNode or null"."""
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(dict.fromkeys(map(_type, several)))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("$ref", "")).removeprefix(_REF) or str(schema.get("const") or schema.get("type", "anything"))
    values = schema.get("additionalProperties")
    if kind == "array":
        return f"list of {_type(schema.get('items') or next(iter(schema.get('prefixItems', [])), {}))}"
    return f"object of {_type(values)}" if isinstance(values, Mapping) else kind


def _model(schema: Schema) -> str:
    """The first model that a schema names, in itself or below; empty where it names none."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    below = (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *filter(None, [schema.get("items")]))
    return next(filter(None, map(_model, below)), "")
