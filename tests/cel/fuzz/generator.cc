#include "cel/fuzz/generator.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk::cel::testing {
namespace {

bool SameKind(const Kind& a, const Kind& b) {
  if (a.name != b.name || a.of.size() != b.of.size()) return false;
  for (size_t i = 0; i < a.of.size(); ++i) {
    if (!SameKind(a.of[i], b.of[i])) return false;
  }
  return true;
}

const Kind kInt{Kind::kInt, {}}, kString{Kind::kString, {}}, kBool{Kind::kBool, {}};

Kind ListOf(Kind element) { return {Kind::kList, {std::move(element)}}; }

}  // namespace

Kind ProgramGenerator::AnyKind(int depth) {
  const size_t chosen = choices_.Below(depth > 0 ? 16 : 12);
  const Kind::Name name = static_cast<Kind::Name>(chosen);
  switch (name) {
    case Kind::kList:
    case Kind::kOptional:
      return {name, {AnyKind(depth - 1)}};
    case Kind::kMap: {
      const Kind::Name keys[] = {Kind::kString, Kind::kInt, Kind::kUint, Kind::kBool};
      return {name, {{keys[choices_.Below(4)], {}}, AnyKind(depth - 1)}};
    }
    default:
      return {name, {}};
  }
}

std::string ProgramGenerator::NewName() { return absl::StrCat("v", names_++ % 4); }

std::string ProgramGenerator::Make(const Kind& kind, int depth) {
  if (depth <= 0 || choices_.empty() || choices_.OneIn(5)) return Leaf(kind);
  switch (choices_.Below(24)) {
    case 1:
      return absl::StrCat("(", Make(kBool, depth - 1), " ? ", Make(kind, depth - 1), " : ",
                          Make(kind, depth - 1), ")");
    case 2:
      return Bind(kind, depth);
    case 3:
      return absl::StrCat(Make(ListOf(kind), depth - 1), "[", Make(kInt, depth - 2), "]");
    case 4:
      return absl::StrCat(Make({Kind::kOptional, {kind}}, depth - 1), ".orValue(",
                          Make(kind, depth - 1), ")");
    case 5:
      return absl::StrCat("dyn(", Make(AnyKind(1), depth - 1), ")");
    case 6: {
      const Kind map{Kind::kMap, {kString, kind}};
      const std::string text = Make(map, depth - 1);
      return choices_.Below(2) == 0 ? absl::StrCat(text, "[", Make(kString, depth - 2), "]")
                                    : absl::StrCat(text, ".a");
    }
    default:
      break;
  }
  switch (kind.name) {
    case Kind::kBool:
      return Bool(depth);
    case Kind::kInt:
      return Int(depth);
    case Kind::kUint:
      return Uint(depth);
    case Kind::kDouble:
      return Double(depth);
    case Kind::kString:
      return String(depth);
    case Kind::kBytes:
      return Bytes(depth);
    case Kind::kTimestamp:
      return Timestamp(depth);
    case Kind::kDuration:
      return Duration(depth);
    case Kind::kList:
      return List(kind, depth);
    case Kind::kMap:
      return Map(kind, depth);
    case Kind::kOptional:
      return Optional(kind, depth);
    case Kind::kDyn:
      return Dyn(depth);
    default:
      return Message(kind, depth);
  }
}

std::string ProgramGenerator::Leaf(const Kind& kind) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < locals_.size(); ++i) {
    bool hidden = false;
    for (size_t k = i + 1; k < locals_.size(); ++k) hidden |= locals_[k].first == locals_[i].first;
    if (!hidden && SameKind(locals_[i].second, kind)) {
      texts.insert(texts.end(), 3, locals_[i].first);
    }
  }
  const auto add = [&](std::vector<std::string> more) {
    texts.insert(texts.end(), more.begin(), more.end());
  };
  switch (kind.name) {
    case Kind::kBool:
      add({"true", "false", "flag", "customer.blocked", "has(order.total)", "has(customer.age)",
           "has(order)", "has(order.card)", "has(facts.x)"});
      break;
    case Kind::kInt:
      add({"0", "1", "2", "-1", "7", "count", "order.total.units", "order.state", "customer.tier",
           "TIER_GOLD", "Order.State.STATE_SHIPPED", "customer.age", "limit", "9223372036854775807",
           "-9223372036854775808", "order.total.nanos", "0x10"});
      break;
    case Kind::kUint:
      add({"0u", "1u", "3u", "small", "18446744073709551615u", "order.lines[0].serial", "0xFFu"});
      break;
    case Kind::kDouble:
      add({"0.0", "1.5", "-2.25", "1e300", "ratio", "order.lines[0].weight", "3.0", "-0.0",
           "9007199254740993.0", "1e-7"});
      break;
    case Kind::kString:
      add({"''", "'a'", "'hello'", "note", "order.id", "customer.email", "order.card",
           "order.total.currency", "'\u00e9\U0001F600x'", "' pad '", "'1'", "'a,b,,c'",
           "customer.nickname"});
      break;
    case Kind::kBytes:
      add({"b''", "b'abc'", "order.signature", "b'\\xff\\x00'", "b'\u00e9'"});
      break;
    case Kind::kTimestamp:
      add({"now", "order.delivered_time", "timestamp('2024-02-29T12:30:45.123456789Z')",
           "timestamp(0)", "timestamp('0001-01-01T00:00:00Z')",
           "timestamp('9999-12-31T23:59:59.999999999Z')"});
      break;
    case Kind::kDuration:
      add({"order.grace", "duration('1h')", "duration('-1.5s')", "duration('0')",
           "duration('9223372036854775807ns')", "duration('100us')"});
      break;
    case Kind::kMoney:
      add({"order.total", "order.cash", "order.lines[0].price", "Money{}", "Money{units: 5}"});
      break;
    case Kind::kLine:
      add({"order.lines[0]", "order.lines_by_number[1]", "Line{}", "order.lines[0].replaced"});
      break;
    case Kind::kCustomer:
      add({"customer", "friends[0]", "Customer{}"});
      break;
    case Kind::kOrder:
      add({"order", "Order{}"});
      break;
    case Kind::kList:
      add({"[]"});
      if (kind.of[0].name == Kind::kInt) add({"order.points", "order.tiers", "[1, 2, 3]"});
      if (kind.of[0].name == Kind::kString) add({"customer.tags", "['a', 'b']"});
      if (kind.of[0].name == Kind::kLine) add({"order.lines", "order.lines"});
      if (kind.of[0].name == Kind::kCustomer) add({"friends"});
      if (kind.of[0].name == Kind::kTimestamp) add({"order.events"});
      if (kind.of[0].name == Kind::kDyn) add({"list", "[1, 'a', 2.5]"});
      break;
    case Kind::kMap:
      add({"{}"});
      if (kind.of[0].name == Kind::kString && kind.of[1].name == Kind::kInt) {
        add({"scores", "{'a': 1, 'b': 2}"});
      }
      if (kind.of[0].name == Kind::kString && kind.of[1].name == Kind::kString) {
        add({"customer.attributes", "{'a': 'b'}"});
      }
      if (kind.of[0].name == Kind::kString && kind.of[1].name == Kind::kDyn) add({"facts"});
      if (kind.of[0].name == Kind::kInt && kind.of[1].name == Kind::kLine) {
        add({"order.lines_by_number"});
      }
      break;
    case Kind::kOptional:
      add({"optional.none()"});
      break;
    case Kind::kDyn:
      add({"fact", "extra", "dyn(facts)", "dyn(1)", "dyn('a')", "dyn(null)", "dyn(2u)", "dyn(1.0)",
           "dyn(list)", "facts.a", "dyn(order)"});
      break;
  }
  return Pick(std::move(texts));
}

std::string ProgramGenerator::Bool(int depth) {
  const auto make = [&](const Kind& kind) { return Make(kind, depth - 1); };
  switch (choices_.Below(12)) {
    case 0:
    case 1: {
      std::vector<std::string> terms;
      for (size_t i = 0, count = 2 + choices_.Below(3); i < count; ++i)
        terms.push_back(make(kBool));
      return absl::StrCat("(", absl::StrJoin(terms, Pick({" && ", " || "})), ")");
    }
    case 2:
      return absl::StrCat("!(", make(kBool), ")");
    case 3:
    case 4: {
      const Kind kind = AnyKind(1);
      return absl::StrCat("(", make(kind), Pick({" == ", " != "}), make(kind), ")");
    }
    case 5:
    case 6: {
      const Kind kind{static_cast<Kind::Name>(choices_.Below(8)), {}};
      if (choices_.Below(6) == 0) {
        return absl::StrCat("(", make({Kind::kOptional, {kind}}),
                            Pick({" < ", " <= ", " > ", " >= "}), make(kind), ")");
      }
      return absl::StrCat("(", make(kind), Pick({" < ", " <= ", " > ", " >= "}), make(kind), ")");
    }
    case 7: {
      const Kind kind = AnyKind(0);
      return absl::StrCat("(", make(kind), " in ", make(ListOf(kind)), ")");
    }
    case 8: {
      const Kind map{Kind::kMap, {kString, AnyKind(0)}};
      return absl::StrCat("(", make(kString), " in ", make(map), ")");
    }
    case 9: {
      Kind element, key, value;
      const std::string range = Range(depth - 1, &element, &key, &value);
      const std::string name = NewName();
      return absl::StrCat(range, ".", Pick({"all", "exists", "exists_one"}), "(", name, ", ",
                          Body({{name, element}}, kBool, depth - 1), ")");
    }
    case 10: {
      Kind element, key, value;
      const std::string range = Range(depth - 1, &element, &key, &value);
      const std::string first = NewName(), second = NewName();
      return absl::StrCat(range, ".", Pick({"all", "exists", "existsOne"}), "(", first, ", ",
                          second, ", ", Body({{first, key}, {second, value}}, kBool, depth - 1),
                          ")");
    }
    default:
      return Pick({absl::StrCat(make(kString), Pick({".contains(", ".startsWith(", ".endsWith("}),
                                make(kString), ")"),
                   absl::StrCat(make(kString), ".matches('",
                                Pick({"a+", "^h.*o$", "[", "", "\\\\d"}), "')"),
                   absl::StrCat(make(kString), ".matches(", make(kString), ")"),
                   absl::StrCat(make({Kind::kOptional, {AnyKind(0)}}), ".hasValue()"),
                   absl::StrCat("bool(", Pick({"'true'", "'x'", "note"}), ")"),
                   absl::StrCat("math.isNaN(", make({Kind::kDouble, {}}), ")"),
                   absl::StrCat("(type(", make(AnyKind(1)), ") == ",
                                Pick({"int", "string", "type([])", "Order", "bool", "map"}), ")")});
  }
}

std::string ProgramGenerator::Int(int depth) {
  const auto make = [&](const Kind& kind) { return Make(kind, depth - 1); };
  switch (choices_.Below(8)) {
    case 0:
    case 1:
    case 2:
      return absl::StrCat("(", make(kInt), Pick({" + ", " - ", " * ", " / ", " % "}), make(kInt),
                          ")");
    case 3:
      return absl::StrCat("size(", make(Pick({"s", "l"}) == "s" ? kString : ListOf(AnyKind(0))),
                          ")");
    case 4:
      return absl::StrCat("int(", make({Pick({"u", "d"}) == "u" ? Kind::kUint : Kind::kDouble, {}}),
                          ")");
    case 5:
      return absl::StrCat(
          make({Kind::kTimestamp, {}}), ".",
          Pick({"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek",
                "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}),
          Pick({"()", "('UTC')", "('+05:30')", "('-11:00')", "('Europe/Paris')",
                "('America/New_York')", "('No/Where')"}));
    case 6:
      return absl::StrCat(
          make({Kind::kDuration, {}}),
          Pick({".getHours()", ".getMinutes()", ".getSeconds()", ".getMilliseconds()"}));
    default:
      return Pick(
          {absl::StrCat("sum(", make(ListOf(kInt)), ")"),
           absl::StrCat(make(ListOf(kInt)), ".sum()"),
           absl::StrCat("(", make({Kind::kOptional, {kInt}}), Pick({" + ", " * ", " % "}),
                        make(kInt), ")"),
           absl::StrCat("-(", make(kInt), ")"),
           absl::StrCat(make(kString), Pick({".indexOf(", ".lastIndexOf("}), make(kString), ")"),
           absl::StrCat("math.", Pick({"abs", "sign", "bitNot"}), "(", make(kInt), ")"),
           absl::StrCat("math.",
                        Pick({"bitAnd", "bitOr", "bitXor", "bitShiftLeft", "bitShiftRight",
                              "greatest", "least"}),
                        "(", make(kInt), ", ", make(kInt), ")"),
           absl::StrCat("int(", make(kString), ")"),
           absl::StrCat("int(", make({Kind::kTimestamp, {}}), ")"),
           absl::StrCat(make({Kind::kMoney, {}}), ".units"),
           absl::StrCat(make({Kind::kLine, {}}), ".quantity"),
           absl::StrCat(make({Kind::kCustomer, {}}), ".tier")});
  }
}

std::string ProgramGenerator::Uint(int depth) {
  const Kind uint{Kind::kUint, {}};
  const auto make = [&](const Kind& kind) { return Make(kind, depth - 1); };
  return Pick(
      {absl::StrCat("(", make(uint), Pick({" + ", " - ", " * ", " / ", " % "}), make(uint), ")"),
       absl::StrCat("uint(", make(kInt), ")"),
       absl::StrCat("uint(", make({Kind::kDouble, {}}), ")"),
       absl::StrCat("uint(", make(kString), ")"), absl::StrCat("sum(", make(ListOf(uint)), ")"),
       absl::StrCat("math.", Pick({"bitAnd", "bitXor"}), "(", make(uint), ", ", make(uint), ")"),
       absl::StrCat(make({Kind::kLine, {}}), ".serial")});
}

std::string ProgramGenerator::Double(int depth) {
  const Kind real{Kind::kDouble, {}};
  const auto make = [&](const Kind& kind) { return Make(kind, depth - 1); };
  return Pick(
      {absl::StrCat("(", make(real), Pick({" + ", " - ", " * ", " / "}), make(real), ")"),
       absl::StrCat("double(", make(kInt), ")"), absl::StrCat("-(", make(real), ")"),
       absl::StrCat("double(", make({Kind::kUint, {}}), ")"),
       absl::StrCat("double(", make(kString), ")"), absl::StrCat("sum(", make(ListOf(real)), ")"),
       absl::StrCat("avg(", make(ListOf({Pick({"i", "u"}) == "i" ? Kind::kInt : Kind::kUint, {}})),
                    ").orValue(0.5)"),
       absl::StrCat("math.", Pick({"ceil", "floor", "round", "trunc", "abs", "sign", "sqrt"}), "(",
                    make(real), ")"),
       absl::StrCat(make({Kind::kLine, {}}), ".weight")});
}

std::string ProgramGenerator::String(int depth) {
  const auto make = [&](const Kind& kind) { return Make(kind, depth - 1); };
  switch (choices_.Below(6)) {
    case 0:
    case 1:
      return absl::StrCat("(", make(kString), " + ", make(kString), ")");
    case 2:
      return absl::StrCat("string(", make({static_cast<Kind::Name>(choices_.Below(8)), {}}), ")");
    case 3:
      return absl::StrCat(make(kString),
                          Pick({".lowerAscii()", ".upperAscii()", ".trim()", ".reverse()"}));
    case 4:
      return Pick(
          {absl::StrCat(make(kString), ".charAt(", make(kInt), ")"),
           absl::StrCat(make(kString), ".substring(", make(kInt), ")"),
           absl::StrCat(make(kString), ".substring(", make(kInt), ", ", make(kInt), ")"),
           absl::StrCat(make(kString), ".replace(", make(kString), ", ", make(kString), ")"),
           absl::StrCat(make(kString), ".replace(", make(kString), ", ", make(kString), ", ",
                        make(kInt), ")"),
           absl::StrCat(make(ListOf(kString)), ".join(", make(kString), ")"),
           absl::StrCat(make(ListOf(kString)), ".join()"),
           absl::StrCat("'", Pick({"%s", "%s|%s", "%d", "%.3f", "%x", "%s%d", "%e"}), "'.format([",
                        make(AnyKind(1)), Pick({"", ", 1", ", 'x'"}), "])"),
           absl::StrCat("base64.encode(", make({Kind::kBytes, {}}), ")")});
    default:
      return Pick({absl::StrCat(make({Kind::kCustomer, {}}), Pick({".id", ".email", ".nickname"})),
                   absl::StrCat(make({Kind::kMoney, {}}), ".currency"),
                   absl::StrCat(make({Kind::kLine, {}}), ".product"),
                   absl::StrCat(make({Kind::kOrder, {}}), Pick({".id", ".card"}))});
  }
}

std::string ProgramGenerator::Bytes(int depth) {
  const Kind bytes{Kind::kBytes, {}};
  return Pick({absl::StrCat("(", Make(bytes, depth - 1), " + ", Make(bytes, depth - 1), ")"),
               absl::StrCat("bytes(", Make(kString, depth - 1), ")"),
               absl::StrCat(Make({Kind::kOrder, {}}, depth - 1), ".signature")});
}

std::string ProgramGenerator::Timestamp(int depth) {
  const Kind time{Kind::kTimestamp, {}}, span{Kind::kDuration, {}};
  return Pick(
      {absl::StrCat("(", Make(time, depth - 1), Pick({" + ", " - "}), Make(span, depth - 1), ")"),
       absl::StrCat("(", Make(span, depth - 1), " + ", Make(time, depth - 1), ")"),
       absl::StrCat("timestamp(", Make(kString, depth - 1), ")"),
       absl::StrCat("timestamp(", Make(kInt, depth - 1), ")"),
       absl::StrCat("timestamp(string(", Make(time, depth - 1), "))"),
       absl::StrCat(Make({Kind::kOrder, {}}, depth - 1), ".delivered_time")});
}

std::string ProgramGenerator::Duration(int depth) {
  const Kind time{Kind::kTimestamp, {}}, span{Kind::kDuration, {}};
  return Pick(
      {absl::StrCat("(", Make(span, depth - 1), Pick({" + ", " - "}), Make(span, depth - 1), ")"),
       absl::StrCat("(", Make(time, depth - 1), " - ", Make(time, depth - 1), ")"),
       absl::StrCat("duration(", Make(kString, depth - 1), ")"),
       absl::StrCat("duration(string(", Make(span, depth - 1), "))"),
       absl::StrCat(Pick({"days(", "hours(", "minutes(", "seconds("}), Make(kInt, depth - 1), ")"),
       absl::StrCat("sum(", Make(ListOf(span), depth - 1), ")"),
       absl::StrCat("avg(", Make(ListOf(span), depth - 1), ").orValue(", Make(span, depth - 2),
                    ")"),
       absl::StrCat("duration(", Pick({"'1d2h'", "'-2w1d'", "'1.5d'"}), ")"),
       absl::StrCat("duration(", Pick({"'1h2m3.5s'", "'-3ms4us5ns'", "'.5s'", "'1.s'", "'5'"}),
                    ")")});
}

std::string ProgramGenerator::Message(const Kind& kind, int depth) {
  const auto field = [&](const char* name, const Kind& of) {
    return absl::StrCat(name, ": ", Make(of, depth - 1));
  };
  const auto literal = [&](const char* type, std::vector<std::string> fields) {
    std::vector<std::string> chosen;
    for (std::string& each : fields) {
      if (choices_.Below(2) == 0) chosen.push_back(std::move(each));
    }
    return absl::StrCat(type, "{", absl::StrJoin(chosen, ", "), "}");
  };
  switch (kind.name) {
    case Kind::kMoney:
      return literal("Money",
                     {field("currency", kString), field("units", kInt), field("nanos", kInt)});
    case Kind::kLine:
      return literal(
          "Line",
          {field("product", kString), field("quantity", kInt), field("price", {Kind::kMoney, {}}),
           field("weight", {Kind::kDouble, {}}), field("serial", {Kind::kUint, {}})});
    case Kind::kCustomer:
      return literal("Customer", {field("id", kString), field("tier", kInt), field("age", kInt),
                                  field("tags", ListOf(kString)),
                                  field("?nickname", {Kind::kOptional, {kString}}),
                                  field("attributes", {Kind::kMap, {kString, kString}})});
    default:
      return literal(
          "Order",
          {field("id", kString), field("total", {Kind::kMoney, {}}),
           field("delivered_time", {Kind::kTimestamp, {}}), field("grace", {Kind::kDuration, {}}),
           field("lines", ListOf({Kind::kLine, {}})),
           field("lines_by_number", {Kind::kMap, {kInt, {Kind::kLine, {}}}}),
           field("signature", {Kind::kBytes, {}}), field("points", ListOf(kInt))});
  }
}

std::string ProgramGenerator::Body(const std::vector<std::pair<std::string, Kind>>& locals,
                                   const Kind& kind, int depth) {
  const size_t mark = locals_.size();
  locals_.insert(locals_.end(), locals.begin(), locals.end());
  std::string text = Make(kind, depth);
  locals_.resize(mark);
  return text;
}

// A list or map to go over; `element` is the kind of one variable, `key` and `value` are the kinds of two.
std::string ProgramGenerator::Range(int depth, Kind* element, Kind* key, Kind* value) {
  if (choices_.OneIn(4)) {
    *element = *key = kString;
    *value = AnyKind(0);
    return Make({Kind::kMap, {kString, *value}}, depth);
  }
  *element = *value = AnyKind(0);
  *key = kInt;
  return Make(ListOf(*element), depth);
}

std::string ProgramGenerator::List(const Kind& kind, int depth) {
  const Kind& element = kind.of[0];
  switch (choices_.Below(6)) {
    case 0:
    case 1: {
      std::vector<std::string> elements;
      for (size_t i = 0, count = choices_.Below(4); i < count; ++i) {
        elements.push_back(choices_.OneIn(6)
                               ? absl::StrCat("?", Make({Kind::kOptional, {element}}, depth - 1))
                               : Make(element, depth - 1));
      }
      return absl::StrCat("[", absl::StrJoin(elements, ", "), "]");
    }
    case 2:
      return absl::StrCat("(", Make(kind, depth - 1), " + ", Make(kind, depth - 1), ")");
    case 3: {
      const std::string range = Make(kind, depth - 1), name = NewName();
      return absl::StrCat(range, ".filter(", name, ", ", Body({{name, element}}, kBool, depth - 1),
                          ")");
    }
    case 4: {
      Kind from, key, value;
      const std::string range = Range(depth - 1, &from, &key, &value), name = NewName();
      const std::string filter =
          choices_.OneIn(3) ? absl::StrCat(Body({{name, from}}, kBool, depth - 2), ", ") : "";
      return absl::StrCat(range, ".map(", name, ", ", filter,
                          Body({{name, from}}, element, depth - 1), ")");
    }
    default: {
      if (element.name == Kind::kString && choices_.Below(2) == 0) {
        return absl::StrCat(Make(kString, depth - 1), ".split(", Make(kString, depth - 1),
                            choices_.OneIn(3) ? absl::StrCat(", ", Make(kInt, 0)) : "", ")");
      }
      Kind from, key, value;
      const std::string range = Range(depth - 1, &from, &key, &value);
      const std::string first = NewName(), second = NewName();
      return absl::StrCat(range, ".transformList(", first, ", ", second, ", ",
                          Body({{first, key}, {second, value}}, element, depth - 1), ")");
    }
  }
}

std::string ProgramGenerator::Map(const Kind& kind, int depth) {
  const Kind &key = kind.of[0], &value = kind.of[1];
  if (key.name == Kind::kString && choices_.OneIn(4)) {
    const Kind held = AnyKind(0);
    const std::string range = Make({Kind::kMap, {kString, held}}, depth - 1);
    const std::string first = NewName(), second = NewName();
    return absl::StrCat(range, ".transformMap(", first, ", ", second, ", ",
                        Body({{first, key}, {second, held}}, value, depth - 1), ")");
  }
  std::vector<std::string> entries;
  for (size_t i = 0, count = choices_.Below(4); i < count; ++i) {
    const std::string left = Make(key, depth - 2);
    entries.push_back(choices_.OneIn(6) ? absl::StrCat("?", left, ": ",
                                                       Make({Kind::kOptional, {value}}, depth - 1))
                                        : absl::StrCat(left, ": ", Make(value, depth - 1)));
  }
  return absl::StrCat("{", absl::StrJoin(entries, ", "), "}");
}

std::string ProgramGenerator::Optional(const Kind& kind, int depth) {
  const Kind& value = kind.of[0];
  const bool ordered = value.name == Kind::kInt || value.name == Kind::kUint ||
                       value.name == Kind::kDouble || value.name == Kind::kString ||
                       value.name == Kind::kTimestamp || value.name == Kind::kDuration;
  switch (choices_.Below(ordered ? 7 : 6)) {
    case 6:
      return absl::StrCat(Make(ListOf(value), depth - 1), Pick({".min()", ".max()"}));
    case 0:
      return absl::StrCat(Pick({"optional.of(", "optional.ofNonZeroValue("}),
                          Make(value, depth - 1), ")");
    case 1:
      return absl::StrCat(Make(kind, depth - 1), ".or(", Make(kind, depth - 1), ")");
    case 2:
      return absl::StrCat(Make(ListOf(value), depth - 1), "[?", Make(kInt, depth - 2), "]");
    case 3: {
      const Kind map{Kind::kMap, {kString, value}};
      return absl::StrCat(Make(map, depth - 1), ".?a");
    }
    case 4: {
      const Kind from = AnyKind(0);
      const std::string target = Make({Kind::kOptional, {from}}, depth - 1), name = NewName();
      return absl::StrCat(target, ".optMap(", name, ", ", Body({{name, from}}, value, depth - 1),
                          ")");
    }
    default: {
      const Kind from = AnyKind(0);
      const std::string target = Make({Kind::kOptional, {from}}, depth - 1), name = NewName();
      return absl::StrCat(target, ".optFlatMap(", name, ", ", Body({{name, from}}, kind, depth - 1),
                          ")");
    }
  }
}

std::string ProgramGenerator::Dyn(int depth) {
  const Kind dyn{Kind::kDyn, {}};
  switch (choices_.Below(6)) {
    case 0:
      return absl::StrCat(Make(dyn, depth - 1), Pick({".a", ".x", ".units", ".id"}));
    case 1:
      return absl::StrCat(Make(dyn, depth - 1), "[", Make(AnyKind(0), depth - 2), "]");
    case 2:
      return absl::StrCat("dyn(", Make(dyn, depth - 1),
                          Pick({" + ", " - ", " * ", " == ", " < ", " in "}), Make(dyn, depth - 1),
                          ")");
    default:
      return absl::StrCat("dyn(", Make(AnyKind(1), depth - 1), ")");
  }
}

std::string ProgramGenerator::Bind(const Kind& kind, int depth) {
  const Kind from = AnyKind(1);
  const std::string value = Make(from, depth - 1), name = NewName();
  return absl::StrCat("cel.bind(", name, ", ", value, ", ", Body({{name, from}}, kind, depth - 1),
                      ")");
}

namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

int64_t SomeInt(Choices& choices) {
  const int64_t values[] = {0,
                            1,
                            2,
                            3,
                            -1,
                            7,
                            100,
                            12500,
                            std::numeric_limits<int64_t>::max(),
                            std::numeric_limits<int64_t>::min(),
                            1700000000};
  return values[choices.Below(11)];
}

std::string SomeText(Choices& choices) {
  const char* values[] = {"", "a", "b", "hello", "\u00e9\U0001F600", "EUR", "x", "1", "W1", " s "};
  return values[choices.Below(10)];
}

bool FillWellKnown(Choices& choices, google::protobuf::Message* message, int depth) {
  const Descriptor* type = message->GetDescriptor();
  const auto* r = message->GetReflection();
  switch (type->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP: {
      const int64_t seconds[] = {0, 1700000000, 1700003600, -62135596800, 253402300799, -1};
      r->SetInt64(message, type->FindFieldByNumber(1), seconds[choices.Below(6)]);
      const int32_t nanos[] = {0, 1, 999999999, 500000000};
      r->SetInt32(message, type->FindFieldByNumber(2), nanos[choices.Below(4)]);
      return true;
    }
    case Descriptor::WELLKNOWNTYPE_DURATION: {
      const int64_t seconds[] = {0, 3600, -5, 9223372036, -9223372036};
      r->SetInt64(message, type->FindFieldByNumber(1), seconds[choices.Below(5)]);
      return true;
    }
    case Descriptor::WELLKNOWNTYPE_ANY: {
      Money money;
      money.set_units(SomeInt(choices));
      auto* any = static_cast<google::protobuf::Any*>(message);
      any->PackFrom(money);
      if (choices.OneIn(4)) any->set_type_url("nowhere/no.Such");
      return true;
    }
    case Descriptor::WELLKNOWNTYPE_VALUE: {
      auto* value = static_cast<google::protobuf::Value*>(message);
      switch (choices.Below(6)) {
        case 0:
          value->set_number_value(static_cast<double>(choices.Below(5)));
          return true;
        case 1:
          value->set_string_value(SomeText(choices));
          return true;
        case 2:
          value->set_bool_value(choices.Below(2) == 1);
          return true;
        case 3:
          value->set_null_value(google::protobuf::NULL_VALUE);
          return true;
        case 4:
          if (depth > 0) FillWellKnown(choices, value->mutable_struct_value(), depth - 1);
          return true;
        default:
          if (depth > 0) FillWellKnown(choices, value->mutable_list_value(), depth - 1);
          return true;
      }
    }
    case Descriptor::WELLKNOWNTYPE_STRUCT: {
      auto* fields = static_cast<google::protobuf::Struct*>(message)->mutable_fields();
      for (const char* name : {"a", "x", "b"}) {
        if (choices.OneIn(2)) FillWellKnown(choices, &(*fields)[name], depth - 1);
      }
      return true;
    }
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      for (size_t i = 0, count = choices.Below(3); i < count; ++i) {
        FillWellKnown(choices, static_cast<google::protobuf::ListValue*>(message)->add_values(),
                      depth - 1);
      }
      return true;
    default:
      return false;
  }
}

void FillField(Choices& choices, google::protobuf::Message* message, const FieldDescriptor* field,
               int depth) {
  const auto* r = message->GetReflection();
  const bool add = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return add ? r->AddBool(message, field, true) : r->SetBool(message, field, true);
    case FieldDescriptor::CPPTYPE_INT32: {
      const int32_t value = static_cast<int32_t>(SomeInt(choices));
      return add ? r->AddInt32(message, field, value) : r->SetInt32(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t value = SomeInt(choices);
      return add ? r->AddInt64(message, field, value) : r->SetInt64(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      const uint32_t value = static_cast<uint32_t>(SomeInt(choices));
      return add ? r->AddUInt32(message, field, value) : r->SetUInt32(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      const uint64_t value = static_cast<uint64_t>(SomeInt(choices));
      return add ? r->AddUInt64(message, field, value) : r->SetUInt64(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const double values[] = {0,
                               1.5,
                               -2.25,
                               std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity(),
                               1e17};
      const double value = values[choices.Below(6)];
      return add ? r->AddDouble(message, field, value) : r->SetDouble(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int value = static_cast<int>(choices.Below(6));  // Some of them are not known.
      return add ? r->AddEnumValue(message, field, value) : r->SetEnumValue(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value = field->type() == FieldDescriptor::TYPE_BYTES && choices.OneIn(2)
                                    ? std::string("\xff\x00", 2)
                                    : SomeText(choices);
      return add ? r->AddString(message, field, value) : r->SetString(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillMessage(&choices,
                         add ? r->AddMessage(message, field) : r->MutableMessage(message, field),
                         depth - 1);
    default:
      return;
  }
}

}  // namespace

void FillMessage(Choices* choices, google::protobuf::Message* message, int depth) {
  if (FillWellKnown(*choices, message, depth)) return;
  if (depth < 0) return;
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    const size_t count = field->is_repeated() ? choices->Below(3) : choices->Below(2);
    for (size_t k = 0; k < count; ++k) FillField(*choices, message, field, depth);
  }
}

}  // namespace frontdesk::cel::testing
