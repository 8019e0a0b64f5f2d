-- The producers that a new ledger knows. Aliases are the names by which emitters report them: OpenTelemetry's gen_ai.provider.name, the
-- prefixes of common gateways, and names of product lines. An operator's later changes stay: this runs once.
with registry (slug, name, kind, aliases) as (values
    ('openai',      'OpenAI',                    3, array['open_ai', 'text-completion-openai']),
    ('anthropic',   'Anthropic',                 3, array['claude']),
    ('google',      'Google',                    3, array['gcp.gemini', 'gcp.vertex_ai', 'gcp.gen_ai', 'gemini', 'vertex_ai', 'vertex_ai_beta', 'google_ai_studio', 'palm']),
    ('moonshot',    'Moonshot AI',               3, array['moonshot_ai', 'moonshotai', 'kimi']),
    ('alibaba',     'Alibaba Cloud',             3, array['dashscope', 'qwen', 'aliyun', 'alibaba_cloud', 'bailian']),
    ('deepseek',    'DeepSeek',                  3, array['deepseek_ai', 'deepseek-ai']),
    ('siliconflow', 'SiliconFlow',               2, array['silicon_flow', 'siliconcloud']),
    ('lepton',      'Lepton AI',                 2, array['lepton_ai', 'leptonai']),
    ('anyscale',    'Anyscale',                  2, array['anyscale_endpoints']),
    ('mistral',     'Mistral AI',                3, array['mistral_ai', 'mistralai', 'codestral', 'text-completion-codestral']),
    ('xai',         'xAI',                       3, array['x_ai', 'x-ai', 'grok']),
    ('meta',        'Meta',                      1, array['meta_ai', 'meta-llama', 'meta_llama', 'llama']),
    ('groq',        'Groq',                      2, array['groqcloud']),
    ('together',    'Together AI',               2, array['together_ai', 'togetherai']),
    ('azure',       'Microsoft Azure',           2, array['azure.ai.openai', 'azure.ai.inference', 'azure_ai', 'azure_openai', 'az.ai.openai', 'az.ai.inference', 'microsoft']),
    ('aws',         'Amazon Web Services',       3, array['aws.bedrock', 'bedrock', 'bedrock_converse', 'sagemaker', 'amazon', 'amazon_nova']),
    ('zhipu',       'Zhipu AI',                  3, array['zai', 'z.ai', 'z-ai', 'zhipuai', 'bigmodel', 'glm']),
    ('baidu',       'Baidu',                     3, array['qianfan', 'ernie', 'wenxin']),
    ('bytedance',   'ByteDance',                 3, array['volcengine', 'volc', 'doubao', 'ark', 'byteplus']),
    ('tencent',     'Tencent',                   3, array['hunyuan', 'tencent_cloud']),
    ('minimax',     'MiniMax',                   3, array['minimax_ai', 'minimaxi']),
    ('cohere',      'Cohere',                    3, array['cohere_chat']),
    ('ibm',         'IBM',                       3, array['ibm.watsonx.ai', 'watsonx', 'watsonx_text']),
    ('perplexity',  'Perplexity',                3, array['perplexity_ai']),
    ('fireworks',   'Fireworks AI',              2, array['fireworks_ai', 'fireworks-ai']),
    ('openrouter',  'OpenRouter',                2, array['open_router']),
    ('deepinfra',   'DeepInfra',                 2, array['deep_infra']),
    ('replicate',   'Replicate',                 2, array['replicate_ai']),
    ('huggingface', 'Hugging Face',              2, array['hugging_face', 'hf']),
    ('nvidia',      'NVIDIA',                    3, array['nvidia_nim', 'nim']),
    ('cerebras',    'Cerebras',                  2, array['cerebras_ai']),
    ('sambanova',   'SambaNova',                 2, array['samba_nova']),
    ('novita',      'Novita AI',                 2, array['novita_ai']),
    ('databricks',  'Databricks',                3, array['dbrx']),
    ('cloudflare',  'Cloudflare',                2, array['workers_ai', 'cloudflare_workers_ai']),
    ('baichuan',    'Baichuan',                  3, array['baichuan_ai']),
    ('stepfun',     'StepFun',                   3, array['step_fun']),
    ('01ai',        '01.AI',                     1, array['01-ai', 'zero_one', 'yi']),
    ('ai21',        'AI21 Labs',                 3, array['ai21_chat', 'ai21_labs'])
),
made as (
    insert into producers (slug, name, kind) select slug, name, kind::smallint from registry on conflict do nothing returning id, slug
)
insert into producer_aliases (alias, producer_id)
select alias, made.id from made join registry using (slug) cross join unnest(registry.aliases) alias
on conflict do nothing;
