#pragma once

#include <cstddef>
#include <utility>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore::test {

// The far end of a connection that costs this process a descriptor and no memory, so that what is measured is the server's.
// Owner: the test.  Threads: confined to one. All calls block; what fails or takes too long throws, and so fails the test.
class QuietPeer {
public:
    // An IPv4 address.
    explicit QuietPeer(const NetAddress& server);
    // Resets the connection: nothing of it lingers.
    ~QuietPeer();
    QuietPeer(QuietPeer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    QuietPeer& operator=(QuietPeer&&) = delete;

    void Send(ConstBytes bytes);
    // Sends the packet and waits until as many bytes have come back.
    void Exchange(ConstBytes packet);
    // Waits until the server has ended the connection, with FIN or with RST; it must not have sent anything.
    void AwaitEnd();

private:
    int fd_ = -1;
};

// How many of `wanted` descriptors this process may still open; raises its limit as far as the system allows.
[[nodiscard]] std::size_t DescriptorsFor(std::size_t wanted);

}  // namespace servercore::test
