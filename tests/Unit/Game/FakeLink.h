#pragma once

#include <string>
#include <utility>
#include <vector>

#include "GameServer/World/PlayerLink.h"
#include "tests/Unit/Game/ClientView.h"

namespace game::test {

// A player's link that keeps what comes, and shows it to a client.
class FakeLink final : public PlayerLink {
public:
    struct Packet {
        servercore::SendBufferRef buffer;
        servercore::SendOptions options;
        std::string text;  // as ClientView::Take has it
    };

    explicit FakeLink(PlayerId player) : view(player) {}

    void Deliver(servercore::SendBufferRef packet, const servercore::SendOptions& options) override {
        std::string text = view.Take(packet->Bytes());
        packets.push_back({.buffer = std::move(packet), .options = options, .text = std::move(text)});
    }
    [[nodiscard]] bool HasLeft() const noexcept override { return hasLeft; }
    void OnZoneEntered() noexcept override { enteredAt.push_back(packets.size()); }
    void OnZoneRefused() noexcept override { ++refused; }

    // What has come since the last call.
    [[nodiscard]] std::vector<std::string> News() {
        std::vector<std::string> news;
        for (; told_ < packets.size(); ++told_) {
            news.push_back(packets[told_].text);
        }
        return news;
    }

    // The last packet with that text.
    [[nodiscard]] const Packet* Find(const std::string& text) const {
        const Packet* found = nullptr;
        for (const Packet& packet : packets) {
            found = packet.text == text ? &packet : found;
        }
        return found;
    }

    bool hasLeft = false;
    int refused = 0;
    std::vector<std::size_t> enteredAt;  // how many packets there were at each OnZoneEntered
    std::vector<Packet> packets;
    ClientView view;

private:
    std::size_t told_ = 0;
};

}  // namespace game::test
