/**
 * Places and their zones, by tzdata's `zone.tab` and the comments of its regional files. Written by hand and not
 * out of the list that the bot searches. The name is typed as it stands here.
 */
export const PLACES = `
Africa/Abidjan: Abidjan, Yamoussoukro | Africa/Accra: Accra, Kumasi | Africa/Addis_Ababa: Addis Ababa
Africa/Algiers: Algiers, Oran | Africa/Bissau: Bissau | Africa/Cairo: Cairo, Giza, Luxor
Africa/Casablanca: Casablanca, Rabat, Marrakesh | Africa/Ceuta: Ceuta, Melilla | Africa/Dakar: Dakar
Africa/El_Aaiun: El Aaiún, Dakhla | Africa/Johannesburg: Johannesburg, Cape Town, Durban
Africa/Juba: Juba, Malakal | Africa/Khartoum: Khartoum, Omdurman | Africa/Kinshasa: Kinshasa, Matadi
Africa/Lagos: Lagos, Abuja, Kano | Africa/Lubumbashi: Lubumbashi, Goma, Bukavu, Kisangani
Africa/Maputo: Maputo | Africa/Monrovia: Monrovia | Africa/Nairobi: Nairobi, Mombasa
Africa/Ndjamena: N'Djamena, Ndjamena | Africa/Sao_Tome: São Tomé | Africa/Tripoli: Benghazi, Misrata
Africa/Tunis: Tunis, Sfax | Africa/Windhoek: Windhoek
America/Adak: Adak | America/Anchorage: Anchorage, Fairbanks | America/Araguaina: Araguaína
America/Argentina/Buenos_Aires: Buenos Aires, Mar del Plata | America/Argentina/Ushuaia: Ushuaia
America/Argentina/Salta: Neuquén | America/Argentina/Mendoza: Godoy Cruz
America/Argentina/Rio_Gallegos: Río Gallegos | America/Asuncion: Asunción | America/Atikokan: Atikokan
America/Bahia: Salvador da Bahia, Feira de Santana | America/Bahia_Banderas: Bucerías
America/Blanc-Sablon: Blanc-Sablon | America/Boa_Vista: Boa Vista | America/Bogota: Bogotá, Medellín
America/Boise: Boise, Nampa | America/Cambridge_Bay: Cambridge Bay | America/Campo_Grande: Campo Grande
America/Cancun: Cancún, Playa del Carmen, Chetumal | America/Caracas: Caracas, Maracaibo
America/Chihuahua: Chihuahua | America/Ciudad_Juarez: Ciudad Juárez, Ciudad Juarez
America/Coyhaique: Coyhaique, Coihaique | America/Creston: Creston | America/Cuiaba: Cuiabá
America/Danmarkshavn: Danmarkshavn | America/Dawson: Dawson City | America/Dawson_Creek: Dawson Creek, Fort St. John
America/Denver: Salt Lake City, El Paso | America/Detroit: Detroit, Grand Rapids
America/Edmonton: Edmonton, Calgary, Yellowknife | America/Fort_Nelson: Fort Nelson | America/Fortaleza: Fortaleza
America/Goose_Bay: Happy Valley-Goose Bay | America/Halifax: Halifax | America/Havana: Havana
America/Hermosillo: Hermosillo | America/Inuvik: Inuvik | America/Iqaluit: Iqaluit
America/Indiana/Indianapolis: Indianapolis, Fort Wayne | America/Indiana/Vincennes: Vincennes
America/Juneau: Juneau | America/Kentucky/Louisville: Louisville Kentucky | America/La_Paz: La Paz Bolivia
America/Lima: Lima Peru, Arequipa | America/Manaus: Manaus | America/Marigot: Marigot
America/Matamoros: Heroica Matamoros, Reynosa, Nuevo Laredo | America/Mazatlan: Mazatlán, Culiacán, La Paz Mexico
America/Metlakatla: Metlakatla | America/Mexico_City: Mexico City, Puebla, Guadalajara Mexico
America/Monterrey: Monterrey Mexico, Torreón | America/Montevideo: Montevideo Uruguay | America/Nome: Nome
America/North_Dakota/Beulah: Beulah ND | America/Nuuk: Nuuk, Godthåb | America/Ojinaga: Ojinaga
America/Phoenix: Phoenix, Tucson | America/Port-au-Prince: Port-au-Prince | America/Porto_Velho: Porto Velho
America/Puerto_Rico: San Juan Puerto Rico | America/Punta_Arenas: Punta Arenas, Puerto Natales
America/Rankin_Inlet: Rankin Inlet | America/Recife: Recife | America/Regina: Regina, Saskatoon
America/Resolute: Resolute | America/Rio_Branco: Rio Branco | America/Santarem: Santarém Brazil
America/Santiago: Valparaíso, Concepción Chile | America/Santo_Domingo: Santo Domingo
America/Sao_Paulo: São Paulo, Rio de Janeiro | America/Scoresbysund: Ittoqqortoormiit, Scoresbysund
America/Sitka: Sitka | America/St_Johns: St. John's, St Johns | America/Swift_Current: Swift Current
America/Tegucigalpa: Tegucigalpa | America/Thule: Qaanaaq | America/Tijuana: Tijuana, Mexicali
America/Toronto: Toronto, Ottawa, Montréal | America/Vancouver: Kelowna | America/Whitehorse: Whitehorse
America/Winnipeg: Winnipeg | America/Yakutat: Yakutat
Antarctica/Vostok: Vostok | Antarctica/Troll: Troll | Arctic/Longyearbyen: Longyearbyen
Asia/Almaty: Almaty, Astana, Shymkent | Asia/Amman: Amman, Irbid | Asia/Aqtau: Aktau, Aqtau | Asia/Aqtobe: Aktobe
Asia/Atyrau: Atyrau | Asia/Baghdad: Baghdad, Mosul, Erbil | Asia/Bangkok: Bangkok | Asia/Barnaul: Barnaul
Asia/Bishkek: Bishkek | Asia/Chita: Chita Russia | Asia/Damascus: Damascus, Aleppo | Asia/Dili: Dili
Asia/Famagusta: Famagusta | Asia/Gaza: Gaza, Rafah, Khan Yunis | Asia/Hebron: Ramallah, Nablus, Hebron Palestine
Asia/Ho_Chi_Minh: Ho Chi Minh City, Saigon, Da Nang | Asia/Hong_Kong: Hong Kong, Kowloon | Asia/Hovd: Khovd
Asia/Irkutsk: Irkutsk | Asia/Jakarta: Jakarta, Bandung | Asia/Jayapura: Jayapura | Asia/Jerusalem: Jerusalem, Haifa
Asia/Kamchatka: Petropavlovsk-Kamchatsky | Asia/Kathmandu: Kathmandu, Pokhara | Asia/Khandyga: Khandyga
Asia/Kolkata: Kolkata, Calcutta, Mumbai, Bengaluru | Asia/Krasnoyarsk: Krasnoyarsk | Asia/Kuching: Kuching, Kota Kinabalu
Asia/Macau: Macau | Asia/Magadan: Magadan | Asia/Makassar: Makassar, Denpasar | Asia/Manila: Manila, Quezon City
Asia/Nicosia: Nicosia, Limassol | Asia/Novokuznetsk: Novokuznetsk, Kemerovo | Asia/Novosibirsk: Novosibirsk
Asia/Omsk: Omsk | Asia/Oral: Oral | Asia/Pontianak: Pontianak | Asia/Pyongyang: Pyongyang
Asia/Qostanay: Kostanay, Qostanay | Asia/Qyzylorda: Kyzylorda, Qyzylorda | Asia/Riyadh: Riyadh, Jeddah
Asia/Sakhalin: Yuzhno-Sakhalinsk | Asia/Samarkand: Samarkand, Bukhara | Asia/Srednekolymsk: Srednekolymsk
Asia/Tashkent: Tashkent | Asia/Tbilisi: Tbilisi, Batumi | Asia/Tehran: Tehran, Isfahan | Asia/Tomsk: Tomsk
Asia/Ulaanbaatar: Ulaanbaatar, Choibalsan | Asia/Urumqi: Ürümqi | Asia/Ust-Nera: Ust-Nera
Asia/Vladivostok: Vladivostok, Khabarovsk | Asia/Yakutsk: Yakutsk | Asia/Yangon: Yangon, Rangoon, Mandalay
Asia/Yekaterinburg: Yekaterinburg, Chelyabinsk | Asia/Yerevan: Yerevan
Atlantic/Azores: Ponta Delgada | Atlantic/Canary: Las Palmas de Gran Canaria | Atlantic/Faroe: Tórshavn
Atlantic/Madeira: Funchal | Atlantic/Reykjavik: Reykjavík | Atlantic/Stanley: Stanley Falkland Islands
Australia/Adelaide: Adelaide Australia | Australia/Brisbane: Brisbane, Cairns | Australia/Broken_Hill: Broken Hill
Australia/Darwin: Darwin Australia, Alice Springs | Australia/Eucla: Eucla | Australia/Hobart: Hobart Tasmania
Australia/Lord_Howe: Lord Howe Island | Australia/Melbourne: Geelong | Australia/Perth: Mandurah
Europe/Amsterdam: Amsterdam | Europe/Astrakhan: Astrakhan | Europe/Athens: Thessaloniki, Athina
Europe/Belgrade: Beograd, Novi Sad, Niš, Pristina, Prishtina, Prizren | Europe/Bratislava: Bratislava
Europe/Bucharest: Bucharest, Cluj-Napoca | Europe/Busingen: Büsingen | Europe/Chisinau: Chișinău, Tiraspol
Europe/Gibraltar: Gibraltar | Europe/Istanbul: Istanbul, Ankara, Trabzon | Europe/Kaliningrad: Kaliningrad
Europe/Kirov: Kirov, Kirov Oblast, Russia | Europe/Kyiv: Kyiv, Kiev, Київ, Lviv, Odesa, Kharkiv | Europe/Lisbon: Lisboa, Porto
Europe/Ljubljana: Ljubljana, Maribor | Europe/London: Edinburgh, Cardiff, Belfast | Europe/Minsk: Minsk, Brest Belarus
Europe/Moscow: Saint Petersburg, Sochi | Europe/Podgorica: Podgorica, Подгорица, Nikšić | Europe/Prague: Praha, Brno
Europe/Rome: Milano, Napoli | Europe/Samara: Samara | Europe/Sarajevo: Sarajevo, Сарајево, Mostar, Banja Luka, Brčko
Europe/Saratov: Saratov | Europe/Simferopol: Simferopol, Sevastopol | Europe/Skopje: Skopje, Скопје, Bitola, Ohrid
Europe/Tirane: Tirana, Tiranë, Durrës | Europe/Ulyanovsk: Ulyanovsk | Europe/Vienna: Wien, Graz
Europe/Volgograd: Volgograd | Europe/Warsaw: Warszawa, Kraków | Europe/Zagreb: Zagreb, Split, Osijek | Europe/Zurich: Zürich
Indian/Maldives: Malé | Indian/Mauritius: Port Louis
Pacific/Apia: Apia | Pacific/Auckland: Auckland, Christchurch New Zealand | Pacific/Bougainville: Arawa, Buka
Pacific/Chatham: Chatham New Zealand | Pacific/Chuuk: Weno | Pacific/Easter: Hanga Roa | Pacific/Fiji: Suva
Pacific/Galapagos: Puerto Ayora | Pacific/Guam: Hagåtña | Pacific/Honolulu: Honolulu | Pacific/Kanton: Kanton
Pacific/Kiritimati: Kiritimati | Pacific/Marquesas: Taiohae | Pacific/Pago_Pago: Pago Pago
Pacific/Pohnpei: Kolonia | Pacific/Port_Moresby: Port Moresby, Lae | Pacific/Tahiti: Papeete
Pacific/Tarawa: Tarawa | Pacific/Tongatapu: Nuku'alofa
`
  .trim()
  .split(/\s*[|\n]\s*/)
  .flatMap(line => {
    const [zone = '', names = ''] = line.split(': ')
    const places = zone === 'Europe/Kirov' ? [names] : names.split(', ')
    return places.map(place => ({ place, zone }))
  })
