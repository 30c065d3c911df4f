"""Say how much one account reads before a second person is asked."""

# Different cases that one account may read in an hour and in seven days (design: 60 openings and 20 identities an
# hour). Beyond, a second person lifts the limit. A program copies what its agency sees when it is connected.
# Of alerts it is told that so many were opened, and nothing is refused: a full inbox on a Monday has 45.
READ_BUDGETS = {
    "person": {
        "file": {"hour": 60, "week": 400},
        "identity": {"hour": 20, "week": 80},
        "contact": {"hour": 20, "week": 80},
        "alert": {"hour": 60, "week": 300},
    },
    "service": {
        "file": {"hour": 120, "week": 1000},
        "identity": {"hour": 20, "week": 80},
        "contact": {"hour": 20, "week": 80},
        "alert": {"hour": 120, "week": 1000},
    },
}
