export const zh = {
  skip: "跳到数据", tagline: "大模型的产出：计量与定价", views: "视图", api: "接口", language: "语言",
  theme: "配色", theme_auto: "跟随设备", theme_light: "浅色", theme_dark: "深色", zone: "时区", zone_reporting: "报告时区", zone_own: "本地", zone_all: "全部时区",
  try_api: "试用接口", openapi: "OpenAPI 文档", figures_csv: "CSV 数据", methodology: "公式与算例", health: "运行状况",
  own_dashboard: "本页只读取公开接口：每张图下方都可查看其调用。",
  key: "密钥", key_title: "使用密钥读取", key_save: "使用", key_forget: "忘记", key_enter: "输入密钥", key_used: "本标签页将使用该密钥。", key_forgotten: "密钥已忘记。",
  key_about: "账本分录和未公开的数据需要具有 read 权限的密钥。密钥只保存在本标签页，只发送给本服务。",
  withheld: "此处对公众隐去涉及账户过少的数据：需要具有 read 权限的密钥。", key_no_key: "这不是密钥：密钥只含普通字母、数字和符号。", key_needed: "此处需要具有 read 权限的密钥。", key_not_enough: "所给密钥无权读取：需要 read 权限。",
  cancel: "取消", close: "关闭", retry: "重试", call_title: "此图背后的接口调用", copy_address: "复制地址", copy_curl: "复制为 curl", copied: "已复制。",

  view_overview: "概览", "view_over-time": "走势", "view_token-index": "词元指数", view_movers: "变动来源", view_structure: "产业结构", view_revisions: "修订", view_live: "实时",

  loading: "正在读取数据……", nothing: "尚无任何记录。", nothing_do: "请在 Swagger UI 中登记来源并提交第一个事件", nothing_here: "本期此处没有产出。",
  nothing_whole: "尚无完整的此类周期。", see_live: "查看实时数据", waiting: "正在等待第一次读数……",
  no_answer: "服务没有响应。", away: "服务正在启动，或数据库暂时不可用；会自动恢复。", too_many: "请求过多，请稍候。", failed: "无法读取数据（{status}）。",
  no_charts: "图表库无法加载；表格与下载不受影响。",

  more: "更多行", legend: "序列：点击以隐藏或显示", tools: "表格、下载、链接与接口调用", table: "表格", link: "复制链接", link_copied: "该链接可重现此视图。", call: "接口调用", saved_part: "已保存所显示的 {rows} 行；另有更多。", saved: "已保存。",
  from: "自", to: "至", first: "最早", last: "最新", all_periods: "全部", chart_keys: "用左右方向键读取数值",
  as_of_note: "数据版本 {vintage}：包含截至 {through} 的全部记录。", as_of_short: "数据版本 {vintage}", partial_note: "浅色或空心：该期尚未结束。",
  missing_because: "缺失数据：{reason}。",

  hour: "小时", day: "日", week: "周", month: "月", quarter: "季度", year: "年", quarter_name: "{year} 年第 {quarter} 季度", so_far_title: "尚未结束", yes: "是", no: "否", so_far: "截至目前", period: "时期", period_length: "频率", status: "状态",
  status_provisional: "初步", status_estimated: "估计", status_final: "最终", vintage: "版本 {date}", vintage_about: "截至该日（UTC）结束时所知",
  latest: "最近一个完整周期", latest_whole: "最近完整周期", on_period_before: "环比", on_year_before: "同比", first_period: "首期",
  nominal: "词元 GDP（名义）", real: "词元 GDP（实际）", price_index: "词元价格指数", index_of: "价格指数：{sector}", unit_value: "单位价值", tokens: "词元数", tokens_today: "今日词元数",
  quantity_and_value: "数量 {quantity}，价值 {value}",
  unit_money: "{currency}，现价", unit_real: "{currency}，链式，以 {reference} 币值计", unit_unit_value: "{currency}／百万词元", unit_tokens: "词元（含未定价）", unit_index: "{reference} = 100", unit_percent: "百分比", unit_points: "对增长的贡献（百分点）",

  gdp: "词元 GDP", gdp_by_sector: "分部门词元 GDP", gdp_about: "全部词元的数量 × 单位价值，按使用部门或生产者划分。",
  by: "划分", show: "显示", level: "水平", pch: "环比增长", pc1: "同比增长", prices: "价格", nominal_prices: "名义（现价）", real_prices: "实际（链式）", scale: "刻度", linear: "线性", log: "对数", start: "起始", end: "结束（不含）",
  others: "其余 {count} 项", no_adding_up: "各组的链式物量之和不等于总量，因此不堆叠。", only_largest: "共 {all} 项，显示最大的 {count} 项。", unpriced_note: "未计入：{tokens} 个没有价格的词元。",

  token_index: "词元指数", index_about: "相同词元的价格、数量与价值，以某一时期为 100。", measure: "指标", price: "价格", quantity: "数量", quantity_index: "数量指数", value: "价值", method: "方法", compare: "对照方法", none: "无", reference: "基期（= 100）",
  headline_note: "主要指数：{method}。", window_note: "多边方法：13 期滚动窗口。",

  movers: "变动来源", movers_about: "对环比增长的贡献，由大到小；其和等于增长率。链式费雪指数。", real_growth: "实际增长", price_growth: "价格变动", contribution: "贡献", growth_total: "增长", growth_summary: "{title}：{growth}",
  compared_with: "与 {period} 相比。", matched_note: "两期均有的项目占价值的 {share}。", new_items: "新增项目", vanished_items: "消失项目", drill: "展开", trail: "当前位置", trail_remove: "去掉此筛选", whole_economy: "整体经济",
  items: "项目", items_about: "每个项目的贡献及两期的价格与数量。项目即模型的词元类别与服务档次。", to_entries: "分录", base_price: "前期价格", price_now: "价格", base_quantity: "前期词元", quantity_now: "词元",
  entries: "账本分录", entries_about: "本期价值背后的分录，按记录顺序。", entries_total: "{entries} 条分录，{gdp} {currency}。", occurred_at: "发生时间", source: "来源", event_id: "事件", amount: "金额",

  shares: "生产者份额", shares_about: "占各期价值或词元数的份额。", share_of_value: "价值份额", share_of_tokens: "词元份额",
  concentration: "集中度", concentration_about: "赫芬达尔－赫希曼指数与前四名份额。", hhi: "HHI", cr4: "CR4", active: "活跃生产者", hhi_bands: "分界依 2023 年《合并指南》：1,000 与 1,800。",
  unconcentrated: "未集中", moderately_concentrated: "中度集中", highly_concentrated: "高度集中", concentration_note: "最新：{band}；{largest} 占 {share}；相当于 {as_many} 家同等规模的生产者。",
  learning: "学习曲线", learning_about: "价格指数与累计产量：赖特定律在此坐标上是一条直线。", learning_axes: "两轴均为对数", cumulative_volume: "累计产量", fitted: "拟合", interval: "95 % 区间", lower: "下限", upper: "上限",
  learning_note: "累计产量每翻一番，价格下降 {rate}（95 %：{lower} 至 {upper}）；R² {r2}，{n} 个点，翻番 {doublings} 次。", moore_note: "仅按时间，每年下降 {rate}；R² {r2}。{better}", better_wright: "经验的解释力更强。", better_moore: "时间的解释力更强。", better_none: "两者解释力相当。", price_not_cost: "价格不是成本：利润率也会变动。",

  revisions_about: "某期结束后首个版本的数值，与目前所知的数值。", first_and_latest: "首次估计与最新估计", first_estimate: "首次估计", latest_estimate: "最新", first_vintage: "首个版本", revision: "修订", revision_percent: "修订（%）",
  revision_sizes: "修订幅度", revision_sizes_about: "最新估计减首次估计，占首次估计的百分比。", revision_note: "{n} 个时期：平均修订 {mean}，绝对值平均 {absolute}；金额最大者 {largest}（{period}）。", no_revisions: "尚无同时具有首次与后续估计的时期。",

  live: "实时", connecting: "正在连接……", reconnecting: "数据流中断，正在重新连接……", live_open: "已连接", sealing_lag_seconds: "封存延迟", live_at: "{time}；包含截至 {through} 的全部记录。", events_per_second: "每秒事件数", tokens_per_second: "每秒词元数", gdp_today: "今日词元 GDP",
  lag_seconds: "汇总延迟", quarantined: "隔离中", unpriced_share_today: "今日未定价份额", rates: "流入速度", rates_about: "整个账本，全部实例。", per_second: "每秒", live_note: "每秒一次读数，最近五分钟；日期按 UTC。",

  names: {
    household: "住户", government: "政府", enterprise: "企业", unclassified: "未分类", total: "合计",
    sector: "部门", producer: "生产者", model: "模型", token_class: "词元类别", service_tier: "服务档次",
    input: "输入", input_audio: "音频输入", input_image: "图像输入", input_video: "视频输入", cache_read: "缓存读取", cache_write: "缓存写入", cache_write_1h: "缓存写入（1 小时）", output: "输出", output_reasoning: "推理输出", output_audio: "音频输出", output_image: "图像输出", output_video: "视频输出",
    standard: "标准", batch: "批量", priority: "优先", flex: "弹性",
    headline: "主要指数", fisher: "费雪", tornqvist: "特恩奎斯特", walsh: "沃尔什", laspeyres: "拉斯佩尔", paasche: "帕舍", sato_vartia: "佐藤－瓦尔蒂亚", marshall_edgeworth: "马歇尔－埃奇沃思", jevons: "杰文斯", dutot: "杜托", carli: "卡利",
    geks_fisher: "GEKS－费雪", geks_tornqvist: "GEKS－特恩奎斯特（CCDI）", geks_walsh: "GEKS－沃尔什", geks_jevons: "GEKS－杰文斯", int_geks_tornqvist: "intGEKS－特恩奎斯特", wtpd: "加权时间产品虚拟变量", gk: "吉尔里－哈米斯",
    empty_period: "该期没有任何有价格的词元", no_matched_items: "没有两期均有的项目", zero_price: "有免费项目", zero_quantity: "数量为零", no_reference_period: "基期为空或在窗口之外", no_weight_period: "权重期为空或在窗口之外",
    chain_broken: "该期与基期之间链条断开", negative_value: "更正超过了被更正的数额", nonpositive_value_added: "购入多于产出", out_of_range: "数值超出计算范围", no_earlier_period: "没有更早的时期", earlier_value_missing: "前期数据缺失",
    partial_period: "有时期不完整", zero_base: "以零为基数", growth_of_null: "数据本身缺失", not_annualised: "日与小时不折年率", too_few_points: "点数太少", no_variation: "没有变化", not_falling: "价格没有下降", confidential: "因涉及账户过少而不公布", not_released: "其中有月份尚未发布",
    unconcentrated: "未集中", moderately_concentrated: "中度集中", highly_concentrated: "高度集中",
  },
};
