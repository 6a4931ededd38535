// The rules of the room. All of it but the posting runs as jobs, one at a time.
#include "Server/Room.h"

#include <utility>

#include <fmt/format.h>

#include "Protocol/Rules.h"

namespace mytitle {

namespace {

// So many lines of the largest size fit into one packet.
constexpr std::size_t kLinesPerPacket = 200;
static_assert(kLinesPerPacket * (protocol::kMaxTextBytes + 32) <= servercore::kMaxPacketBytes);

}  // namespace

std::string ToString(const RoomTotals& totals) {
    return fmt::format("room ticks={} entered={} left={} present={} lines={}\n", totals.ticks, totals.entered, totals.left, totals.present,
                       totals.lines);
}

Room::Room(servercore::JobExecutor& executor, const servercore::Clock& clock)
    : jobs_(std::make_shared<servercore::JobQueue>(executor, clock, servercore::JobQueueLimits{.name = "room job"})) {}

// --- Posting: any thread -----------------------------------------------------------------------------------------------

Room::PostResult Room::Enter(PlayerId player, std::weak_ptr<PlayerChannel> channel) {
    return jobs_->Post("room enter", [self = shared_from_this(), player, channel = std::move(channel)] { self->Welcome(player, channel); });
}

Room::PostResult Room::Say(PlayerId player, std::uint32_t line, std::string text) {
    return jobs_->Post("room say", [self = shared_from_this(), player, line, text = std::move(text)] {
        protocol::Said& said = self->said_.emplace_back();
        said.set_player(player);
        said.set_line(line);
        said.set_text(text);
    });
}

void Room::Leave(PlayerId player) {
    (void)jobs_->Post("room leave", [self = shared_from_this(), player] { self->running_.left += self->players_.erase(player); });
}

void Room::StartTicking(servercore::JobTimers& timers, std::chrono::milliseconds period) {
    // Weak: the timer is the room's own.
    ticker_.emplace(timers, jobs_, "room tick", [weak = weak_from_this()] {
        if (const std::shared_ptr<Room> self = weak.lock()) {
            self->Tick();
        }
    });
    ticker_->Every(period);
}

void Room::Close() {
    ticker_.reset();
    (void)jobs_->Post("room tick", [self = shared_from_this()] { self->Tick(); });
    jobs_->Close();
}

RoomTotals Room::Totals() const {
    servercore::MutexLock lock(totalsMutex_);
    return totals_;
}

// --- Jobs --------------------------------------------------------------------------------------------------------------

void Room::Welcome(PlayerId player, const std::weak_ptr<PlayerChannel>& channel) {
    const std::shared_ptr<PlayerChannel> listener = channel.lock();
    if (listener == nullptr) {
        return;  // gone again
    }
    // What was said before is not for the newcomer.
    Deliver(TakeSaid());
    players_.emplace(player, channel);
    ++running_.entered;
    protocol::S_Hello hello;
    hello.set_version(protocol::kVersion);
    hello.set_player(player);
    listener->Deliver(protocol::MakeSendBuffer(buffers_, hello));
}

void Room::Tick() {
    Deliver(TakeSaid());
    ++running_.ticks;
    running_.present = players_.size();
    servercore::MutexLock lock(totalsMutex_);
    totals_ = running_;
}

std::vector<servercore::SendBufferRef> Room::TakeSaid() {
    std::vector<servercore::SendBufferRef> packets;
    protocol::S_Said packet;
    for (protocol::Said& said : said_) {
        *packet.add_said() = std::move(said);
        if (packet.said_size() == static_cast<int>(kLinesPerPacket)) {
            packets.push_back(protocol::MakeSendBuffer(buffers_, packet));
            packet.Clear();
        }
    }
    if (packet.said_size() > 0) {
        packets.push_back(protocol::MakeSendBuffer(buffers_, packet));
    }
    running_.lines += said_.size();
    said_.clear();
    return packets;
}

void Room::Deliver(const std::vector<servercore::SendBufferRef>& packets) {
    for (auto player = players_.begin(); player != players_.end();) {
        const std::shared_ptr<PlayerChannel> channel = player->second.lock();
        if (channel == nullptr) {
            player = players_.erase(player);
            ++running_.left;
            continue;
        }
        for (const servercore::SendBufferRef& packet : packets) {
            channel->Deliver(packet);
        }
        ++player;
    }
}

}  // namespace mytitle
