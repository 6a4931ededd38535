#include "tests/Support/TestStream.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace servercore::test {

TestStream::TestStream(PortRunner& port, std::unique_ptr<platform::Socket> socket, Callback onReceived, Callback onSent)
    : port_(port),
      onReceived_(std::move(onReceived)),
      onSent_(std::move(onSent)),
      receive_(port.NewOperation([this](Outcome& outcome) { FinishReceive(outcome); })),
      send_(port.NewOperation([this](Outcome& outcome) { FinishSend(outcome); })),
      socket_(std::move(socket)) {}

TestStream::~TestStream() {
    Close();
    EXPECT_TRUE(port_.Await([this] { return !receive_.IsInFlight() && !send_.IsInFlight(); }));
}

bool TestStream::Receive() {
    const std::lock_guard lock(mutex_);
    if (socket_ == nullptr || isReceiving_) {
        return false;
    }
    isReceiving_ = !port_.Receive(*socket_, receive_);
    return isReceiving_;
}

bool TestStream::Send(std::vector<std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    if (socket_ == nullptr || isSending_) {
        return false;
    }
    outgoing_ = std::move(bytes);
    sent_ = 0;
    isSending_ = !SubmitSend();
    return isSending_;
}

std::error_code TestStream::SubmitSend() {
    return port_.Send(*socket_, std::array{ConstBytes(outgoing_).subspan(sent_)}, send_);
}

void TestStream::FinishReceive(const Outcome& outcome) {
    {
        const std::lock_guard lock(mutex_);
        isReceiving_ = false;
    }
    onReceived_(*this, outcome);
}

void TestStream::FinishSend(Outcome& outcome) {
    {
        const std::lock_guard lock(mutex_);
        if (!outcome.error) {
            EXPECT_GT(outcome.bytes, 0U);
            sent_ += outcome.bytes;
            if (sent_ < outgoing_.size() && socket_ != nullptr) {
                outcome.error = SubmitSend();
                if (!outcome.error) {
                    return;
                }
            }
        }
        isSending_ = false;
    }
    onSent_(*this, outcome);
}

void TestStream::Cancel() {
    const std::lock_guard lock(mutex_);
    if (socket_ != nullptr) {
        port_.Port().Cancel(*socket_);
    }
}

void TestStream::ShutdownSend() {
    const std::lock_guard lock(mutex_);
    if (socket_ != nullptr) {
        static_cast<void>(socket_->ShutdownSend());  // fails when the peer has already reset the connection
    }
}

void TestStream::Close() {
    const std::lock_guard lock(mutex_);
    socket_.reset();
}

void TestStream::Abort() {
    const std::lock_guard lock(mutex_);
    if (socket_ != nullptr) {
        socket_->AbortOnClose();
        socket_.reset();
    }
}

bool TestStream::IsClosed() {
    const std::lock_guard lock(mutex_);
    return socket_ == nullptr;
}

}  // namespace servercore::test
