/** The emoji that messages here use, by Slack's names. A name that is not in the table stays as it was written. */

import { h } from "./dom.js";

const TABLE = {
  // The picker's first row.
  white_check_mark: "✅", eyes: "👀", raised_hands: "🙌", "+1": "👍", tada: "🎉", pray: "🙏", heart: "❤️", thinking_face: "🤔",
  // States and severities.
  white_small_square: "▫️", x: "❌", warning: "⚠️", rotating_light: "🚨", red_circle: "🔴", large_orange_circle: "🟠", orange_circle: "🟠",
  large_yellow_circle: "🟡", yellow_circle: "🟡", large_green_circle: "🟢", green_circle: "🟢", large_blue_circle: "🔵", blue_circle: "🔵",
  large_purple_circle: "🟣", purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫", large_brown_circle: "🟤",
  red_square: "🟥", large_red_square: "🟥", large_orange_square: "🟧", large_yellow_square: "🟨", large_green_square: "🟩",
  large_blue_square: "🟦", white_large_square: "⬜", black_large_square: "⬛", heavy_check_mark: "✔️", ballot_box_with_check: "☑️",
  heavy_multiplication_x: "✖️", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", black_square_for_stop: "⏹️",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", clock1: "🕐", construction: "🚧",
  exclamation: "❗", heavy_exclamation_mark: "❗", question: "❓", grey_question: "❔", information_source: "ℹ️", bangbang: "‼️",
  // The trade.
  stethoscope: "🩺", hospital: "🏥", ambulance: "🚑", adhesive_bandage: "🩹", pill: "💊", thermometer: "🌡️", microscope: "🔬",
  syringe: "💉", drop_of_blood: "🩸", mag: "🔍", mag_right: "🔎", wrench: "🔧", hammer_and_wrench: "🛠️", gear: "⚙️", toolbox: "🧰",
  whale: "🐳", whale2: "🐋", ship: "🚢", anchor: "⚓", package: "📦", wheel_of_dharma: "☸️", cloud: "☁️", computer: "💻",
  desktop_computer: "🖥️", floppy_disk: "💾", satellite_antenna: "📡", electric_plug: "🔌", battery: "🔋", globe_with_meridians: "🌐",
  lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑", shield: "🛡️", bug: "🐛", bulb: "💡", fire: "🔥", boom: "💥", zap: "⚡",
  skull: "💀", ghost: "👻", robot_face: "🤖", firefighter: "🧑‍🚒", fire_engine: "🚒", lifebuoy: "🛟", ring_buoy: "🛟", broom: "🧹", wastebasket: "🗑️",
  // Paper and pointers.
  clipboard: "📋", memo: "📝", page_facing_up: "📄", page_with_curl: "📃", paperclip: "📎", pushpin: "📌", round_pushpin: "📍", link: "🔗",
  bookmark: "🔖", books: "📚", book: "📖", calendar: "📆", date: "📅", spiral_calendar_pad: "🗓️", bar_chart: "📊", chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉", bell: "🔔", no_bell: "🔕", mute: "🔇", loudspeaker: "📢", mega: "📣", speech_balloon: "💬", email: "📧",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrow_right_hook: "↪️", leftwards_arrow_with_hook: "↩️",
  arrows_counterclockwise: "🔄", repeat: "🔁", point_right: "👉", point_up: "☝️", fast_forward: "⏩", arrow_forward: "▶️",
  double_vertical_bar: "⏸️", small_red_triangle: "🔺", small_blue_diamond: "🔹", small_orange_diamond: "🔸",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣",
  // People.
  "-1": "👎", thumbsup: "👍", thumbsdown: "👎", wave: "👋", ok_hand: "👌", clap: "👏", muscle: "💪", handshake: "🤝", point_down: "👇",
  smile: "😄", slightly_smiling_face: "🙂", smiley: "😃", grin: "😁", joy: "😂", sweat_smile: "😅", wink: "😉", sunglasses: "😎",
  cry: "😢", sob: "😭", scream: "😱", sleeping: "😴", upside_down_face: "🙃", face_with_monocle: "🧐", face_with_thermometer: "🤒",
  shrug: "🤷", facepalm: "🤦", bust_in_silhouette: "👤", busts_in_silhouette: "👥", technologist: "🧑‍💻", health_worker: "🧑‍⚕️", salute: "🫡",
  rocket: "🚀", sparkles: "✨", star: "⭐", 100: "💯", coffee: "☕", beers: "🍻", pizza: "🍕", christmas_tree: "🎄",
};

/** Every name in the table, in the order in which the picker shows them. */
export const EMOJI_NAMES = ["white_check_mark", ...Object.keys(TABLE).filter((name) => name !== "white_check_mark" && name !== "100"), "100"];

export const hasEmoji = (name) => Object.hasOwn(TABLE, withoutSkinTone(name));

/** A sign for the eye and its name for the ear; `:name:` as text where the table does not know it. */
export function emoji(name, unicode) {
  const sign = TABLE[withoutSkinTone(name)] ?? fromCodePoints(unicode);
  if (!sign) return document.createTextNode(`:${name}:`);
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, sign);
}

function withoutSkinTone(name) {
  return name.split("::")[0];
}

function fromCodePoints(unicode) {
  if (!/^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(unicode ?? "")) return null;
  return String.fromCodePoint(...unicode.split("-").map((part) => Number.parseInt(part, 16)));
}
