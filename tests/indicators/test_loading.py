import pytest
from django.db import connection
from indicators.loading import load_domain
from indicators.models import *
pytestmark = pytest.mark.django_db

def test_x():
    print(Indicator.objects.count())
