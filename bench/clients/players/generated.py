"""Call an operation by its name through a generated client, left as it was generated.

Bodies go through its models and answers come out of them: what a model cannot read or write fails here. A pair of
functions a generator; nothing here knows an address, a type or a header of the API.
"""

import enum
import importlib
import inspect
import json
import pkgutil
import typing
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from types import UnionType
from typing import Any


@dataclass
class Answer:
    """Hold a status, what the model of the answer holds (None: no model could read it), and the headers."""

    status: int
    said: Any
    headers: dict[str, str] = field(default_factory=dict)


def _kinds(hint: Any) -> list[Any]:
    """Return the types of a hint: those of a union, of an annotated one."""
    if typing.get_origin(hint) is typing.Annotated:
        return _kinds(typing.get_args(hint)[0])
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return [kind for part in typing.get_args(hint) for kind in _kinds(part)]
    return [hint]


class OfOpenapiPythonClient:
    """Call operations by what openapi-python-client makes: a module for each operation."""

    def __init__(self, site: str) -> None:
        self.site = site
        client = importlib.import_module("repere_client")
        self.make, self.client = client.AuthenticatedClient, client.Client(base_url=site)
        self.modules = {
            name.rpartition(".")[2]: name
            for _, name, package in pkgutil.walk_packages(importlib.import_module("repere_client.api").__path__,
                                                          "repere_client.api.")
            if not package
        }  # fmt: skip

    def sign_in(self, token: str) -> None:
        self.client = self.make(base_url=self.site, token=token)

    def takes(self, name: str) -> set[str]:
        return set(inspect.signature(self._function(name)).parameters)

    def call(self, name: str, body: dict | None, asked: dict) -> Answer:
        function = self._function(name)
        hints = typing.get_type_hints(function)
        given = {each: _made(value, _kinds(hints[each])) for each, value in asked.items()}
        if "body" in hints:
            [model] = [kind for kind in _kinds(hints["body"]) if hasattr(kind, "from_dict")]
            given["body"] = model.from_dict(body or {})
        found = function(client=self.client, **given)
        said = found.parsed.to_dict() if hasattr(found.parsed, "to_dict") else None
        return Answer(int(found.status_code), said, {key.lower(): value for key, value in found.headers.items()})

    def _function(self, name: str):
        return importlib.import_module(self.modules[name]).sync_detailed


def _made(value: Any, kinds: list[Any]) -> Any:
    """Return a text as the type that a function asks for: a number of its own, a day, a code of a closed list."""
    for kind in kinds:
        if not isinstance(value, str) or not inspect.isclass(kind):
            continue
        if kind is uuid.UUID or issubclass(kind, enum.Enum):
            return kind(value)
        if issubclass(kind, date):
            return datetime.fromisoformat(value) if kind is datetime else date.fromisoformat(value)
    return value


class OfOpenapiGenerator:
    """Call operations by what openapi-generator makes for Python: a class for each tag, a method an operation."""

    def __init__(self, site: str) -> None:
        self.package = importlib.import_module("repere_og")
        self.settings = self.package.Configuration(host=site)
        self.client = self.package.ApiClient(self.settings)

    def sign_in(self, token: str) -> None:
        self.settings.access_token = token

    def takes(self, name: str) -> set[str]:
        return set(inspect.signature(self._method(name)).parameters)

    def call(self, name: str, body: dict | None, asked: dict) -> Answer:
        method, given = self._method(name), dict(asked)
        for parameter, hint in typing.get_type_hints(method).items():
            models = [kind for kind in _kinds(hint) if hasattr(kind, "from_dict")]
            if models and parameter != "return":
                given[parameter] = models[0].from_dict(body or {})
            elif body and parameter in body and parameter not in given:  # of a form, each by itself
                given[parameter] = body[parameter]
        try:
            found = method(**given)
        except self.package.ApiException as error:
            return Answer(error.status, json.loads(error.body), {k.lower(): v for k, v in error.headers.items()})
        said = json.loads(found.data.to_json()) if hasattr(found.data, "to_json") else found.data
        return Answer(found.status_code, said, {key.lower(): value for key, value in (found.headers or {}).items()})

    def _method(self, name: str):
        for each in vars(self.package.api).values():
            for kind in vars(each).values() if inspect.ismodule(each) else ():
                if inspect.isclass(kind) and hasattr(kind, f"{name}_with_http_info"):
                    return getattr(kind(self.client), f"{name}_with_http_info")
        raise LookupError(name)


GENERATED = {"openapi-python-client": OfOpenapiPythonClient, "openapi-generator": OfOpenapiGenerator}
