#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <system_error>
#include <vector>

#include "DummyClient/Kit/RunBoard.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/NetAddress.h"

namespace loadtest {

// Where bots connect to, and from where: from the source addresses in turn, so that there are more ports than one address has, and a server
// that limits connections by address sees several players.
// Owner: LoadRun; outlives the bots.  Threads: safe from any, once the server is set.
class Connector {
public:
    // No sources: the system chooses.
    Connector(servercore::ClientService& service, RunBoard& board, std::vector<servercore::NetAddress> sources)
        : service_(service), board_(board), sources_(std::move(sources)) {}

    void SetServer(const servercore::NetAddress& server) { server_ = server; }

    // As ClientService::Connect; a failure is reported to the board.
    [[nodiscard]] std::error_code Connect(const std::shared_ptr<servercore::Session>& session);
    [[nodiscard]] servercore::SendBufferPool& Buffers() noexcept { return service_.Buffers(); }

private:
    servercore::ClientService& service_;
    RunBoard& board_;
    const std::vector<servercore::NetAddress> sources_;
    std::atomic<std::size_t> next_ = 0;
    servercore::NetAddress server_;
};

}  // namespace loadtest
