#include "ServerCore/Packet/ParseCost.h"

#include <string>

#include "ServerCore/Packet/Utf8.h"
#include "ServerCore/Packet/WireReader.h"

namespace servercore {

namespace {

// How protobuf's arena counts (3.21, and not less in later versions). An array that grows doubles its bytes and leaves the old one behind,
// so all of them together take at most four times what is stored; the first one has a header and a least size besides.
constexpr std::size_t kGrowth = 4;
constexpr std::size_t kFirstArrayBytes = 64;
constexpr std::size_t kArenaAlignment = 8;
// A string, its entry in the arena's list of destructors, and what the heap adds to its characters.
constexpr std::size_t kStringBytes = sizeof(std::string) + 16 + 16;
// The store for fields that the message does not know: one string that doubles.
constexpr std::size_t kUnknownFieldsBytes = kStringBytes + 16;

// What the arena keeps in its first block for itself.
constexpr std::size_t kArenaBytes = 512;

constexpr std::size_t kTrackedFields = 64;

constexpr std::size_t Aligned(std::size_t bytes) noexcept {
    return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

class CostScan {
public:
    CostScan(const SchemaShape& schema, std::size_t mostBytes) noexcept : schema_(schema), mostBytes_(mostBytes) {}

    [[nodiscard]] std::size_t Bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool IsOver() const noexcept { return bytes_ > mostBytes_; }

    // False: malformed, or over the most.
    [[nodiscard]] bool ScanMessage(ConstBytes body, const MessageShape& message, int depthLeft) noexcept;

private:
    // What has been paid for already in one message object.
    struct Paid {
        std::uint64_t arrays = 0;  // bit n: of its n-th field
        bool unknownFields = false;
    };

    [[nodiscard]] bool ScanField(WireReader& reader, WireType type, const FieldShape& field, int depthLeft) noexcept;
    [[nodiscard]] bool ScanPacked(WireReader& reader, const FieldShape& field) noexcept;
    [[nodiscard]] bool ScanUnknown(WireReader& reader, std::uint32_t number, WireType type, int depthLeft) noexcept;
    [[nodiscard]] bool ScanGroup(WireReader& reader, std::uint32_t number, int depthLeft) noexcept;
    void PayForArray(Paid& paid, std::size_t field, const FieldShape& shape) noexcept;

    const SchemaShape& schema_;
    const std::size_t mostBytes_;
    std::size_t bytes_ = kArenaBytes;
};

WireType WireTypeOf(FieldKind kind) noexcept {
    switch (kind) {
        case FieldKind::Varint: return WireType::Varint;
        case FieldKind::Fixed32: return WireType::Fixed32;
        case FieldKind::Fixed64: return WireType::Fixed64;
        case FieldKind::Bytes:
        case FieldKind::Text:
        case FieldKind::Message: break;
    }
    return WireType::Length;
}

bool IsNumber(FieldKind kind) noexcept {
    return WireTypeOf(kind) != WireType::Length;
}

// With another wire type than its own, protobuf treats a field as one it does not know.
bool Takes(const FieldShape& field, WireType type) noexcept {
    return type == WireTypeOf(field.kind) || (type == WireType::Length && field.isRepeated && IsNumber(field.kind));
}

bool CostScan::ScanMessage(ConstBytes body, const MessageShape& message, int depthLeft) noexcept {
    const auto fields = schema_.fields.subspan(message.firstField, message.fieldCount);
    Paid paid;
    bytes_ += Aligned(message.objectBytes);
    for (WireReader reader(body); !reader.IsAtEnd();) {
        const std::size_t before = reader.BytesLeft();
        std::uint32_t number = 0;
        WireType type{};
        if (IsOver() || !reader.ReadTag(number, type)) {
            return false;
        }
        std::size_t place = 0;
        while (place < fields.size() && fields[place].number != number) {
            ++place;
        }
        if (place < fields.size() && Takes(fields[place], type)) {
            PayForArray(paid, place, fields[place]);
            if (!ScanField(reader, type, fields[place], depthLeft)) {
                return false;
            }
            continue;
        }
        if (!ScanUnknown(reader, number, type, depthLeft)) {
            return false;
        }
        bytes_ += paid.unknownFields ? 0 : kUnknownFieldsBytes;
        paid.unknownFields = true;
        bytes_ += kGrowth * (before - reader.BytesLeft());
    }
    return !IsOver();
}

void CostScan::PayForArray(Paid& paid, std::size_t field, const FieldShape& shape) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << (field % kTrackedFields);
    if (shape.isRepeated && (field >= kTrackedFields || (paid.arrays & bit) == 0)) {
        paid.arrays |= bit;
        bytes_ += kFirstArrayBytes;
    }
}

bool CostScan::ScanField(WireReader& reader, WireType type, const FieldShape& field, int depthLeft) noexcept {
    if (IsNumber(field.kind)) {
        if (type == WireType::Length) {
            return ScanPacked(reader, field);
        }
        bytes_ += field.isRepeated ? kGrowth * field.elementBytes : 0;
        return reader.SkipValue(type);
    }
    ConstBytes contents;
    if (!reader.ReadBytes(contents)) {
        return false;
    }
    bytes_ += field.isRepeated ? kGrowth * sizeof(void*) : 0;
    if (field.kind == FieldKind::Message) {
        return depthLeft > 0 && ScanMessage(contents, schema_.messages[field.message], depthLeft - 1);
    }
    bytes_ += kStringBytes + Aligned(contents.size() + 1);
    return field.kind == FieldKind::Bytes || IsUtf8(contents);
}

bool CostScan::ScanPacked(WireReader& reader, const FieldShape& field) noexcept {
    ConstBytes contents;
    if (!reader.ReadBytes(contents)) {
        return false;
    }
    for (WireReader elements(contents); !elements.IsAtEnd();) {
        if (IsOver() || !elements.SkipValue(WireTypeOf(field.kind))) {
            return false;
        }
        bytes_ += kGrowth * field.elementBytes;
    }
    return true;
}

bool CostScan::ScanUnknown(WireReader& reader, std::uint32_t number, WireType type, int depthLeft) noexcept {
    return type == WireType::BeginGroup ? ScanGroup(reader, number, depthLeft) : reader.SkipValue(type);
}

bool CostScan::ScanGroup(WireReader& reader, std::uint32_t number, int depthLeft) noexcept {
    while (depthLeft > 0 && !reader.IsAtEnd()) {
        std::uint32_t inner = 0;
        WireType type{};
        if (!reader.ReadTag(inner, type)) {
            return false;
        }
        if (type == WireType::EndGroup) {
            return inner == number;
        }
        if (!ScanUnknown(reader, inner, type, depthLeft - 1)) {
            return false;
        }
    }
    return false;
}

}  // namespace

ParseCost CostOfParsing(ConstBytes body, const SchemaShape& schema, std::size_t message, const ParseLimits& limits) noexcept {
    CostScan scan(schema, limits.arenaBytes);
    const bool isWellFormed = scan.ScanMessage(body, schema.messages[message], limits.depth);
    return {.isWellFormed = isWellFormed || scan.IsOver(), .bytes = scan.Bytes()};
}

}  // namespace servercore
