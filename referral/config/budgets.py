"""Say how much one account reads before a second person is asked."""

# Different cases that one account may read in an hour and in seven days (design: 60 openings and 20 identities an
# hour). Beyond, a second person lifts the limit. A program copies what its agency sees when it is connected.
READ_BUDGETS = {
    "person": {
        "file": {"hour": 60, "week": 400},
        "identity": {"hour": 20, "week": 80},
        "contact": {"hour": 20, "week": 80},
    },
    "service": {
        "file": {"hour": 120, "week": 1000},
        "identity": {"hour": 20, "week": 80},
        "contact": {"hour": 20, "week": 80},
    },
}
