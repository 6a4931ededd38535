#include "tests/Unit/Game/ClientView.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "Protocol/Packets.gen.h"

namespace game::test {

namespace {

using protocol::PacketId;

[[nodiscard]] PacketId IdOf(servercore::ConstBytes packet) {
    return static_cast<PacketId>(std::to_integer<unsigned>(packet[2]) | std::to_integer<unsigned>(packet[3]) << 8);
}

template <class Message>
[[nodiscard]] Message Parse(servercore::ConstBytes packet) {
    Message message;
    const servercore::ConstBytes body = packet.subspan(4);
    EXPECT_TRUE(message.ParseFromArray(body.data(), static_cast<int>(body.size())));
    return message;
}

}  // namespace

std::string ClientView::Take(servercore::ConstBytes packet) {
    switch (IdOf(packet)) {
        case PacketId::S_ZoneEntered: {
            const auto message = Parse<protocol::S_ZoneEntered>(packet);
            seen_.clear();
            zone_ = message.zone_id();
            own_ = {.x = message.x(), .y = message.y()};
            chatNumber_ = message.chat_number();
            return fmt::format("zone {} of {}", zone_, message.player_count());
        }
        case PacketId::S_PlayersEntered: {
            std::string text = "entered";
            const auto message = Parse<protocol::S_PlayersEntered>(packet);
            for (const protocol::Player& player : message.players()) {
                if (!seen_.emplace(player.player_id(), Position{.x = player.x(), .y = player.y()}).second) {
                    Complain(fmt::format("player {} came into sight twice", player.player_id()));
                }
                enteredNow_.insert(player.player_id());
                sequences_[player.player_id()] = player.move_sequence();
                text += fmt::format(" {}:{}", player.player_id(), player.move_sequence());
            }
            return text;
        }
        case PacketId::S_PlayersLeft: {
            std::string text = "left";
            const auto message = Parse<protocol::S_PlayersLeft>(packet);
            for (const std::uint32_t player : message.player_ids()) {
                if (seen_.erase(player) == 0) {
                    Complain(fmt::format("player {} went out of sight unseen", player));
                }
                text += fmt::format(" {}", player);
            }
            return text;
        }
        case PacketId::S_Moved: {
            const auto message = Parse<protocol::S_Moved>(packet);
            TakeMove(message.player_id(), message.sequence(), {.x = message.x(), .y = message.y()});
            return fmt::format("moved {}:{}", message.player_id(), message.sequence());
        }
        case PacketId::S_PositionCorrected: {
            const auto message = Parse<protocol::S_PositionCorrected>(packet);
            own_ = {.x = message.x(), .y = message.y()};
            if (message.sequence() <= sequences_[self_]) {
                Complain(fmt::format("correction {} after move {}", message.sequence(), sequences_[self_]));
            }
            correctedSequence_ = message.sequence();
            seen_[self_] = own_;
            return fmt::format("corrected {}", message.sequence());
        }
        case PacketId::S_Chat: {
            const auto message = Parse<protocol::S_Chat>(packet);
            if (message.number() != chatNumber_ + 1) {
                Complain(fmt::format("chat {} after {}", message.number(), chatNumber_));
            }
            chatNumber_ = message.number();
            return fmt::format("chat {} of {} {}: {}", message.number(), message.name(), message.sequence(), message.text());
        }
        default: Complain("an unknown packet"); return "?";
    }
}

void ClientView::TakeMove(PlayerId player, std::uint32_t sequence, Position position) {
    if (!seen_.contains(player)) {
        Complain(fmt::format("player {} moved out of sight", player));
        return;
    }
    if (enteredNow_.contains(player)) {
        Complain(fmt::format("player {} moved as it came into sight", player));
    }
    if (sequence < sequences_[player] || (player == self_ && sequence <= correctedSequence_ && correctedSequence_ != 0)) {
        Complain(fmt::format("player {} made move {} late", player, sequence));
    }
    sequences_[player] = sequence;
    seen_[player] = position;
}

}  // namespace game::test
