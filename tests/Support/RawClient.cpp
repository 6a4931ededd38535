#include "tests/Support/RawClient.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <limits>
#include <stdexcept>

#include "tests/Support/Bell.h"

namespace servercore::test {

namespace {

void Require(std::error_code error) {
    if (error) {
        throw std::system_error(error);
    }
}

template <class T>
T Require(Result<T> result) {
    Require(result.error());
    return *std::move(result);
}

}  // namespace

RawClient::RawClient(platform::Network& network, const NetAddress& server)
    : port_(Require(network.OpenPort())), socket_(Require(network.OpenStream(server.Family()))) {
    Require(port_->Attach(*socket_));
    Require(Run(sending_, [&] { return port_->Connect(*socket_, server, sending_); }));
    Require(socket_->SetOption(platform::SocketOption::NoDelay, 1));
}

RawClient::~RawClient() {
    Close();
}

void RawClient::Send(ConstBytes bytes) {
    if (!TrySend(bytes)) {
        throw std::system_error(sending_.error);
    }
}

bool RawClient::TrySend(ConstBytes bytes) {
    while (!bytes.empty()) {
        if (Run(sending_, [&] { return port_->Send(*socket_, std::array{bytes}, sending_); })) {
            return false;
        }
        bytes = bytes.subspan(sending_.bytes);
    }
    return true;
}

RawClient::Received RawClient::Receive(std::size_t atLeast) {
    Received received;
    while (received.bytes.size() < atLeast) {
        received.error = Run(receiving_, [&] { return port_->Receive(*socket_, receiving_); });
        if (received.error || receiving_.data.empty()) {
            break;
        }
        received.bytes.insert(received.bytes.end(), receiving_.data.begin(), receiving_.data.end());
    }
    return received;
}

RawClient::Received RawClient::ReceiveToEnd() {
    return Receive(std::numeric_limits<std::size_t>::max());
}

void RawClient::ShutdownSend() {
    Require(socket_->ShutdownSend());
}

void RawClient::Close() {
    socket_.reset();
    EXPECT_TRUE(WaitFor(sending_) && WaitFor(receiving_)) << "an operation of a closed socket never completed";
}

void RawClient::Abort() {
    socket_->AbortOnClose();
    Close();
}

void RawClient::OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept {
    auto& own = static_cast<Operation&>(operation);
    own.error = result.error;
    own.bytes = result.bytes;
    own.data.assign(result.data.begin(), result.data.end());
    own.inFlight = false;
}

template <class Submit>
std::error_code RawClient::Run(Operation& operation, Submit submit) {
    operation.inFlight = true;
    if (const std::error_code error = submit()) {
        operation.inFlight = false;
        operation.error = error;
        return error;
    }
    if (!WaitFor(operation)) {
        throw std::runtime_error("an operation of the raw client takes too long");
    }
    return operation.error;
}

bool RawClient::WaitFor(const Operation& operation) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (operation.inFlight) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= std::chrono::milliseconds::zero()) {
            return false;
        }
        port_->Wait(*this, left);
    }
    return true;
}

}  // namespace servercore::test
