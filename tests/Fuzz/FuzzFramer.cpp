// The input: which limit, after how many packets the sink stops (0: never), how many pieces have a length of their own, those lengths, and
// the stream.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tests/Fuzz/FuzzInput.h"
#include "tests/Fuzz/FuzzTargets.h"
#include "tests/Fuzz/ReferenceFraming.h"

namespace servercore::test {

namespace {

constexpr std::array<std::size_t, 5> kLimits = {kPacketHeaderBytes, 16, 300, 2048, kMaxPacketBytes};

class FuzzSink final : public PacketSink {
public:
    explicit FuzzSink(std::size_t stopEvery) : stopEvery_(stopEvery) {}

    bool OnFramedPacket(const PacketView& packet) override {
        packets.push_back(Reassemble(packet));
        return stopEvery_ == 0 || packets.size() % stopEvery_ != 0;
    }

    std::vector<std::string> packets;

private:
    const std::size_t stopEvery_;
};

// Feeds a piece until it is used up; the sink may stop the framer in between.
std::string FeedPiece(PacketFramer& framer, ConstBytes piece, FuzzSink& sink, std::size_t limit, FrameError& error) {
    do {
        const std::size_t before = sink.packets.size();
        const FrameResult result = framer.Feed(piece, sink);
        error = result.error;
        if (result.used > piece.size() || result.packets != sink.packets.size() - before) {
            return fmt::format("used {} of {} bytes, {} packets", result.used, piece.size(), result.packets);
        }
        if (framer.CarriedBytes() >= std::max(limit, kPacketHeaderBytes + 1)) {
            return fmt::format("{} bytes carried with a limit of {}", framer.CarriedBytes(), limit);
        }
        if (error == FrameError::None && result.used < piece.size() && result.packets == 0) {
            return "it stopped though the sink did not";
        }
        piece = piece.subspan(result.used);
    } while (error == FrameError::None && !piece.empty());
    return {};
}

}  // namespace

std::string FuzzFramer(ConstBytes bytes) {
    FuzzInput input(bytes);
    const std::size_t limit = kLimits[input.Below(kLimits.size())];
    FuzzSink sink(input.Byte());
    FuzzInput lengths(input.Take(input.Byte()));
    ConstBytes stream = input.Take(bytes.size());
    const Framing expected = FrameWhole(stream, limit);

    PacketFramer framer(limit);
    FrameError error = FrameError::None;
    while (error == FrameError::None && !stream.empty()) {
        const std::size_t length = lengths.IsAtEnd() ? stream.size() : std::min<std::size_t>(lengths.Byte(), stream.size());
        if (const std::string problem = FeedPiece(framer, stream.first(length), sink, limit, error); !problem.empty()) {
            return problem;
        }
        stream = stream.subspan(length);
    }
    if (error != expected.error || sink.packets != expected.packets) {
        return fmt::format("{} packets and error {}; there are {} and error {}", sink.packets.size(), static_cast<int>(error),
                           expected.packets.size(), static_cast<int>(expected.error));
    }
    if (error == FrameError::None && framer.CarriedBytes() != expected.rest) {
        return fmt::format("{} bytes carried of a packet of which there are {}", framer.CarriedBytes(), expected.rest);
    }
    return {};
}

}  // namespace servercore::test
