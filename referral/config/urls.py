"""All routes. A route that no page leads to, or that declares no access, fails tests/guarantees/test_routes.py."""

urlpatterns = []
