from bench.peers.peer import Peer
class PostGraphile(Peer):
    name = "postgraphile"
