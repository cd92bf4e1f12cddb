"""The REST interface from random input, against its own description: no surprise, no answer it does not tell of."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.web.server import create_app
from handoff.tokens import TokenRole
from tests.unit.web.api_centre import api_centre
from tests.unit.web.fake_centre import NOON, packet

pytestmark = pytest.mark.integration

CENTRE = api_centre()
TICKET = CENTRE.shelves.tickets.add(packet(business="clinic"), NOON)
ADMIN = CENTRE.token(TokenRole.ADMIN)
SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(CENTRE))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@SCHEMA.parametrize()
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_request_at_all_is_answered_as_described(case: schemathesis.Case) -> None:
    response = case.call(headers=ADMIN)
    case.validate_response(response, checks=CHECKS)
