#include "DummyClient/World/Whereabouts.h"

#include <algorithm>

namespace loadtest {

void Whereabouts::Restart(Point at) {
    confirmed_ = {.sequence = sent_, .at = at};
    skipped_.clear();
    underWay_.clear();
    answered_ = sent_;
}

void Whereabouts::OnSent(std::uint32_t sequence, Point at) {
    underWay_.push_back({.sequence = sequence, .at = at});
    sent_ = sequence;
}

bool Whereabouts::TryConfirm(std::uint32_t sequence, Point at) {
    if (sequence <= confirmed_.sequence) {
        return at == confirmed_.at;
    }
    const auto place =
        std::find_if(underWay_.begin(), underWay_.end(), [&](const Place& candidate) { return candidate.sequence == sequence; });
    if (place == underWay_.end() || place->at != at) {
        return false;
    }
    confirmed_ = *place;
    skipped_.assign(underWay_.begin(), place);
    ForgetUpTo(sequence);
    return true;
}

bool Whereabouts::TryCorrect(std::uint32_t sequence, Point at) {
    if (sequence < confirmed_.sequence || sequence > sent_ || !HasBeenAt(at, sequence)) {
        return false;
    }
    confirmed_ = {.sequence = sequence, .at = at};
    skipped_.clear();
    ForgetUpTo(sequence);
    return true;
}

bool Whereabouts::TryResume(std::uint32_t taken) {
    if (taken < confirmed_.sequence || taken > sent_) {
        return false;
    }
    while (!underWay_.empty() && underWay_.back().sequence > taken) {
        underWay_.pop_back();
    }
    sent_ = taken;
    answered_ = taken;
    return true;
}

bool Whereabouts::MaySee(Point place, std::int32_t cellSize) const {
    const auto sees = [&](const Place& own) { return AreInSight(own.at, place, cellSize); };
    return sees(confirmed_) || std::any_of(skipped_.begin(), skipped_.end(), sees) || std::any_of(underWay_.begin(), underWay_.end(), sees);
}

Point Whereabouts::Last() const {
    return underWay_.empty() ? confirmed_.at : underWay_.back().at;
}

bool Whereabouts::IsAnswered() const {
    return answered_ >= sent_;
}

bool Whereabouts::HasBeenAt(Point at, std::uint32_t sequence) const {
    return at == confirmed_.at || std::any_of(underWay_.begin(), underWay_.end(),
                                              [&](const Place& place) { return place.sequence <= sequence && place.at == at; });
}

void Whereabouts::ForgetUpTo(std::uint32_t sequence) {
    while (!underWay_.empty() && underWay_.front().sequence <= sequence) {
        underWay_.pop_front();
    }
    answered_ = std::max(answered_, sequence);
}

}  // namespace loadtest
