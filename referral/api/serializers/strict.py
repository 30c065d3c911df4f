"""Parse API input strictly: nothing is converted, trimmed or ignored.

DRF accepts "3" as a number, 1 as a text, and ignores unknown keys. A typing error could then silently weaken an alert,
so these fields refuse it. Messages never repeat the value: it may be about a person.
"""

import json

from django.core.exceptions import RequestDataTooBig
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser

LARGEST = 64 * 1024


class JSON(BaseParser):
    """Parse one JSON object of at most `largest` bytes, each name once."""

    media_type = "application/json"
    largest = LARGEST

    def parse(self, stream, media_type=None, parser_context=None):
        raw = stream.read(self.largest + 1)
        if len(raw) > self.largest:
            raise RequestDataTooBig
        try:
            found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError from error
        if not isinstance(found, dict):
            raise exceptions.ParseError
        return found


def _once(pairs):
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError("a name is given twice")
    return dict(pairs)


def _refuse(text):
    raise ValueError(f"{text} is not JSON")


class OneFile(MultiPartParser):
    """Parse multipart/form-data: each name once, in memory (FILE_UPLOAD_MAX_MEMORY_SIZE)."""

    def parse(self, stream, media_type=None, parser_context=None):
        found = super().parse(stream, media_type, parser_context)
        lists = [*found.data.lists(), *found.files.lists()]
        if any(len(values) != 1 for _name, values in lists) or len({name for name, _values in lists}) != len(lists):
            raise exceptions.ParseError
        return {name: values[0] for name, values in lists}


class AlwaysJSON(BaseContentNegotiation):
    """Always respond in JSON, whatever `Accept` says."""

    def select_parser(self, request, parsers):
        sent = request.content_type.partition(";")[0].strip().lower()
        return parsers[0] if sent == parsers[0].media_type else None

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Text(serializers.CharField):
    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Number(serializers.IntegerField):
    def to_internal_value(self, data):
        if type(data) is float and data.is_integer():  # 3.0 is a whole number in JSON
            data = int(data)
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    default_error_messages = {"invalid": _("Write true or false.")}

    def to_internal_value(self, data):
        if type(data) is not bool:
            self.fail("invalid")
        return data


class Choice(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": _("This code is not in the list.")}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)


class Codes(serializers.ListField):
    """Parse a list of codes, each once."""

    default_error_messages = {
        "not_a_list": _("Write a list."),
        "twice": _("Each value is given once."),
        "rule": _("Each value is given once."),
    }

    def to_internal_value(self, data):
        found = super().to_internal_value(data)
        if len(set(found)) != len(found):
            self.fail("twice" if len(set(map(str, data))) != len(data) else "rule")  # the same but for blanks
        return found


class Moment(serializers.DateTimeField):
    """Parse a date and time with offset: without one, an hour in Mayotte would be read as an hour in Paris."""

    default_error_messages = {"invalid": _("Write a date and time with its offset, as in 2026-11-14T10:22:00+01:00.")}

    def to_internal_value(self, data):
        try:
            found = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            self.fail("invalid", format="")
        return found


class Day(serializers.DateField):
    default_error_messages = {"invalid": _("Write a date as in 2026-11-14.")}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", format="")
        return super().to_internal_value(data)


class Hour(serializers.TimeField):
    default_error_messages = {"invalid": _("Write an hour as in 14:30.")}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", format="")
        return super().to_internal_value(data)


class Strict(serializers.Serializer):
    """Parse an object and refuse unknown keys."""

    default_error_messages = {"invalid": _("Write an object.")}

    def to_internal_value(self, data):
        if isinstance(data, dict):
            unknown = {name: [self._unknown()] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)

    @staticmethod
    def _unknown():
        return serializers.ErrorDetail(_("This name is not known here."), code="unknown")
