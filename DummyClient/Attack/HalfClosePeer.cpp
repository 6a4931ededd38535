#include "DummyClient/Attack/HalfClosePeer.h"

#include <array>
#include <span>
#include <utility>

namespace loadtest::attack {

using servercore::platform::IoResult;

HalfClosePeer::HalfClosePeer(servercore::platform::IoBackend& port, const servercore::Clock& clock, std::string_view name,
                             std::uint64_t pings)
    : port_(port), clock_(clock), pings_(pings), operation_(*this), framer_(servercore::kMaxPacketBytes) {
    AppendHello(bytes_);
    AppendLogin(bytes_, name);
    for (std::uint64_t number = 1; number <= pings; ++number) {
        AppendPing(bytes_, number);
    }
}

std::error_code HalfClosePeer::Begin(servercore::platform::Network& network, const AttackSettings& settings) {
    auto socket = network.OpenStream(settings.server.Family(), settings.from);
    if (!socket) {
        return socket.error();
    }
    socket_ = *std::move(socket);
    if (const std::error_code error = port_.Attach(*socket_)) {
        return error;
    }
    operation_.isInFlight = true;
    const std::error_code error = port_.Connect(*socket_, settings.server, operation_);
    operation_.isInFlight = !error;
    return error;
}

void HalfClosePeer::OnCompletion(servercore::platform::IoOperation& operation, const IoResult& result) noexcept {
    auto& own = static_cast<Operation&>(operation);
    own.isInFlight = false;
    own.owner.OnDone(result);
}

void HalfClosePeer::OnDone(const IoResult& result) {
    if (result.error || socket_ == nullptr) {
        End(result.error);
        return;
    }
    if (!isConnected_) {
        isConnected_ = true;
        SendRest();
    } else if (!HasFinished()) {
        sent_ += result.bytes;
        SendRest();
    } else if (result.data.empty() || framer_.Feed(result.data, *this).error != servercore::FrameError::None) {
        End({});
    } else {
        Receive();
    }
}

void HalfClosePeer::SendRest() {
    if (sent_ < bytes_.size()) {
        operation_.isInFlight = true;
        const std::array<servercore::ConstBytes, 1> rest = {std::span(bytes_).subspan(sent_)};
        Submitted(port_.Send(*socket_, rest, operation_));
        return;
    }
    finishedAt_ = clock_.Now();
    if (const std::error_code error = socket_->ShutdownSend()) {
        End(error);
        return;
    }
    Receive();
}

void HalfClosePeer::Receive() {
    operation_.isInFlight = true;
    Submitted(port_.Receive(*socket_, operation_));
}

void HalfClosePeer::Submitted(std::error_code error) {
    if (error) {
        operation_.isInFlight = false;
        End(error);
    }
}

bool HalfClosePeer::OnFramedPacket(const servercore::PacketView& packet) {
    if (const auto number = AnsweredPing(packet)) {
        isOutOfOrder_ = isOutOfOrder_ || *number != ++answered_;
    }
    return true;
}

void HalfClosePeer::End(std::error_code error) {
    hasEnded_ = true;
    error_ = error;
    endedAt_ = clock_.Now();
    socket_.reset();
}

servercore::Duration HalfClosePeer::Waited(servercore::TimePoint now) const noexcept {
    return (hasEnded_ ? endedAt_ : now) - finishedAt_;
}

}  // namespace loadtest::attack
