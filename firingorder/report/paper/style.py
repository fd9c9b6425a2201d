"""How the HTML report looks, on a screen and printed; colours are those of the light theme."""

from __future__ import annotations

from firingorder.report.theme import LIGHT

_COLOURS = {
    "TEXT": LIGHT.text, "TEXT2": LIGHT.text2, "LINE": LIGHT.line, "STRONG": LIGHT.strong_line,
    "GROUND": LIGHT.surface2, "ACCENT": LIGHT.accent,
}  # fmt: skip
_RULES = """
:root{color-scheme:light}
body{margin:0 auto;max-width:62rem;padding:1.5rem;background:#fff;color:TEXT;
font:16px/1.5 Inter,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
svg text{font-family:Inter,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
svg{width:100%;height:auto;display:block}
header{display:flex;justify-content:space-between;gap:2rem;border-bottom:1px solid STRONG}
header p{margin:.1rem 0 .8rem;color:TEXT2}
h1{font-size:1.6rem;margin:0}h2{font-size:2rem;line-height:1.2;margin:1.4rem 0 .2rem}
h3{font-size:1.15rem;margin:1.8rem 0 .3rem}
.who{text-align:right}.who strong{font-size:1.2rem}
.line,.remark,figcaption{color:TEXT2}.line{margin:.2rem 0}.remark{margin:.2rem 0;font-size:.9rem}
.banner{background:GROUND;border-left:5px solid TEXT2;padding:.5rem .9rem;margin:.6rem 0}
.tag{text-align:center;padding:.5rem;margin-bottom:1rem;
background:repeating-linear-gradient(-45deg,STRONG 0 12px,GROUND 12px 24px)}
.tag span{background:#fff;border:1px solid TEXT;border-radius:1rem;padding:.2rem 1.2rem;
font-weight:800}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:1rem;margin:1rem 0}
.tiles div{background:GROUND;border-radius:.7rem;padding:.7rem 1rem}
.tiles dt{color:TEXT2}.tiles dd{margin:0;font-size:1.6rem;font-weight:700}
.tiles dd.note{font-size:.85rem;font-weight:400;color:TEXT2}
figure{margin:0}figcaption{font-size:.85rem;text-align:right}
.trends{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.85rem;margin:.6rem 0}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{padding:.25rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid LINE}
td{white-space:pre-line}
thead th{border-bottom:2px solid STRONG}
.right{text-align:right}.centre{text-align:center}
aside{border:1px solid LINE;border-radius:.7rem;padding:.2rem 1.2rem;margin:1.2rem 0}
aside h3{margin:.6rem 0 0;font-size:.9rem;color:TEXT2}
details summary{cursor:pointer;color:ACCENT}
.patient{font-size:1.25rem;border-top:1px solid STRONG;margin-top:2rem}
footer{border-top:1px solid STRONG;margin-top:2rem;color:TEXT2;font-size:.8rem}
@media print{body{max-width:none;padding:0;font-size:11pt}details{display:none}
.patient,.annex{break-before:page}section,figure,aside,tr{break-inside:avoid}
.annex section{break-inside:auto}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}@page{size:A4;margin:15mm}}
"""


def _style() -> str:
    text = _RULES.strip()
    for name in sorted(_COLOURS, key=len, reverse=True):
        text = text.replace(name, _COLOURS[name].name())
    return text


STYLE = _style()
