#!/bin/sh
# Start Valkey with two users: the web process reaches the cache and adds to the queues, the workers read the queues.
# Neither reads what is the other's, asks for names of keys, changes the configuration or empties anything. What is being
# done (unacked) is open to both: whoever waits for an answer of a worker, as /readyz does, hands it back when a worker died.
# Passwords come by the environment and go by the input: arguments are shown by ps. Arguments are Valkey's own. Valkey of its
# image answers other hosts; any other refuses them while a user needs no password: said here, as that one may only ping.
set -eu
exec valkey-server - "$@" <<END
protected-mode no
user default on nopass resetkeys resetchannels -@all +ping
user web on ">$REDIS_PASSWORD" resetkeys resetchannels ~:1:* %W~repere-* ~_kombu.binding* ~unacked* ~*.reply.repere.pidbox* &/0.repere.pidbox* +@all -@dangerous -@admin -scan -randomkey
user worker on ">$REDIS_WORKER_PASSWORD" resetkeys resetchannels ~:1:import:* ~repere-* ~_kombu.binding* ~unacked* ~*.pidbox* ~celeryev* &* +@all -@dangerous -@admin -scan -randomkey
END
